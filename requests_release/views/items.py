"""Choosing documents and pages."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from audit.errors import Refused
from audit.http import key_asked, requires
from printing import words
from records.documents.selectors import documents
from requests_release.forms.fields import VersionedForm
from requests_release.permissions import PREPARE_REQUEST
from requests_release.rules import pages as page_rules
from requests_release.rules.pages import PageRangeUnreadable
from requests_release.selectors import requests
from requests_release.services import items as services
from requests_release.views import attempts, frames
from requests_release.views.frames import Opened

# So many can be looked through on one page; what is chosen or asked for by date comes first.
MOST_DOCUMENTS = 1000


@requires(PREPARE_REQUEST, methods=("GET", "POST"))
def request_items(request: HttpRequest, request_id: int) -> HttpResponse:
    """Choose which documents, and which of their pages, are released."""
    opened = frames.open_request(request, request_id)
    is_sent = request.method == "POST"
    initial = {"version": opened.request.version}
    form = VersionedForm(request.POST if is_sent else None, initial=initial)
    rows = _rows(opened, request.POST if is_sent else None)
    has_errors = any(row["error"] for row in rows)
    refused: Refused | None = None
    strange = _strange(request.POST, rows) if is_sent else []
    if is_sent and form.is_valid() and (strange or not has_errors):
        refused = attempts.attempt_work(opened, form, lambda: _choose(opened, form, rows, strange))
        if refused is None:
            total = sum(len(row["pages"]) for row in rows if row["is_chosen"])
            chosen = words.counted(total, "page")
            messages.success(request, f"{chosen} {'is' if total == 1 else 'are'} chosen.")
            return redirect("requests_release:request_detail", request_id=request_id)
    shown = attempts.show_again(opened, form, refused, why_not=attempts.unless_editable)
    values = frames.values(shown.opened, "request_items") | shown.values
    values |= {
        "form": form,
        "rows": rows,
        "page_total": sum(len(row["pages"]) for row in rows if row["is_chosen"]),
        "has_errors": has_errors,
        "left_out": _left_out(opened, rows),
        "returned": requests.get_return(shown.opened.request),
    }
    status = 422 if has_errors else shown.status
    return render(request, "requests_release/items.html", values, status=status)


def _choose(
    opened: Opened, form: VersionedForm, rows: list[dict[str, Any]], strange: list[int]
) -> None:
    chosen = {row["document"].pk: row["pages"] for row in rows if row["is_chosen"]}
    services.choose(
        actor=opened.scope.actor,
        request_id=opened.request.pk,
        version=form.seen_version,
        chosen=chosen | {key: [] for key in strange},
    )


def _strange(posted: QueryDict, rows: list[dict[str, Any]]) -> list[int]:
    """Return the documents that were sent but not shown, for the service to refuse."""
    shown = {row["document"].pk for row in rows}
    return [key for key in _sent(posted) if key not in shown]


def _sent(posted: QueryDict) -> list[int]:
    """Return the documents that were sent; 0 stands for what is no document's key."""
    return [key_asked(value) or 0 for value in posted.getlist("document")]


def _rows(opened: Opened, posted: QueryDict | None) -> list[dict[str, Any]]:
    """Return a row for each document of the chart: chosen or not, and its pages as text."""
    present = {item.document_id: item for item in opened.found.items}
    sent = _sent(posted) if posted else []
    rows = []
    for document in _listed(opened, {*present, *sent}):
        item = present.get(document.pk)
        if posted is None:
            text = page_rules.shown(item.pages) if item else ""
            is_chosen = item is not None
            text = "" if item and len(item.pages) == document.page_count else text
        else:
            text = posted.get(f"pages-{document.pk}", "")
            is_chosen = str(document.pk) in posted.getlist("document")
        rows.append(_row(opened, document, text, is_chosen))
    return rows


def _listed(opened: Opened, chosen: Collection[int]) -> list[Any]:
    """Return the chart's documents, newest service first; of too many, those that matter."""
    asked = opened.request
    is_inside = Q(pk__gt=0)
    if asked.scope_from:
        is_inside &= Q(service_on__gte=asked.scope_from)
    if asked.scope_until:
        is_inside &= Q(service_on__lte=asked.scope_until)
    ranked = (
        documents.list_documents(opened.scope)
        .annotate(is_chosen=Q(pk__in=chosen), is_inside=is_inside)
        .order_by("-is_chosen", "-is_inside", "-service_on", "-pk")
    )
    found = ranked[: max(MOST_DOCUMENTS, len(chosen))]
    return sorted(found, key=lambda one: (one.service_on, one.pk), reverse=True)


def _left_out(opened: Opened, rows: list[dict[str, Any]]) -> int:
    if len(rows) < MOST_DOCUMENTS:
        return 0
    return documents.list_documents(opened.scope).count() - len(rows)


def _row(opened: Opened, document: Any, text: str, is_chosen: bool) -> dict[str, Any]:
    pages: list[int] = []
    error = ""
    try:
        pages = page_rules.parse(text, document.page_count)
    except PageRangeUnreadable as unreadable:
        error = str(unreadable) if is_chosen else ""
    asked = opened.request
    is_outside = bool(
        (asked.scope_from and document.service_on < asked.scope_from)
        or (asked.scope_until and document.service_on > asked.scope_until)
    )
    return {
        "document": document,
        "text": text,
        "pages": pages,
        "is_chosen": is_chosen,
        "is_outside": is_outside,
        "error": error,
    }
