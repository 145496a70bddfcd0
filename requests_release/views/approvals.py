"""The decision of a second person, with every page ticked as seen."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from audit.access import refusal
from audit.errors import Refused
from audit.http import requires
from requests_release import access
from requests_release.enums import RequestStatus
from requests_release.errors import PagesNotSeen, RequestChanged
from requests_release.forms.steps import DecisionForm
from requests_release.permissions import VIEW_REQUEST
from requests_release.selectors import looking
from requests_release.selectors.looking import Pages
from requests_release.selectors.sources import SourceItem
from requests_release.services import approvals as services
from requests_release.views import attempts, frames
from requests_release.views.frames import Opened

SEEN = re.compile(r"([0-9]{1,18})-([0-9]{1,9})")
RECORDED = {
    "approve": "Approved. The package is being built.",
    "return": "Returned to its preparer.",
    "deny": "Denied. The requester has to be told, with the ground.",
    "none": "Confirmed: there are no records.",
}


@requires(VIEW_REQUEST, methods=("GET", "POST"))
def request_approve(request: HttpRequest, request_id: int) -> HttpResponse:
    """Show every chosen page to be looked at and ticked, then approve, return or deny.

    Whoever may not decide sees the same pages, without form, and why.

    Raises:
        StepNotYours, OwnPreparation: a decision was sent by somebody who may not make it.
    """
    opened = frames.open_request(request, request_id)
    if request.method == "POST":
        access.check_may_approve(actor=opened.scope.actor, request=opened.request)
    form = DecisionForm(request.POST or None, initial={"version": opened.request.version})
    seen = _seen(request)
    refused: Refused | None = None
    if request.method == "POST" and form.is_valid():
        refused = attempts.attempt_work(opened, form, lambda: _decide(opened, form, seen))
        if refused is None:
            messages.success(request, RECORDED[form.cleaned_data["decision"]])
            return redirect("requests_release:request_detail", request_id=request_id)
    if isinstance(refused, RequestChanged):
        # The pages may be others by now: each is looked at anew.
        seen = set()
    if isinstance(refused, PagesNotSeen):
        seen &= looking.list_shown(opened.request, opened.scope.actor, opened.found.items)
    shown = attempts.show_again(opened, form, refused, why_not=_unless_submitted)
    page = _present(shown.opened, seen)
    values = frames.values(shown.opened, "request_approve", decides=not page["why_not"])
    values |= shown.values | {"form": form} | page
    return render(request, "requests_release/approve.html", values, status=shown.status)


def _unless_submitted(opened: Opened) -> str:
    return attempts.unless(opened, opened.request.status == RequestStatus.SUBMITTED)


def _decide(opened: Opened, form: DecisionForm, seen: Pages) -> None:
    data = form.cleaned_data
    common: dict[str, Any] = {
        "actor": opened.scope.actor,
        "request_id": opened.request.pk,
        "version": form.seen_version,
    }
    if data["decision"] == "approve":
        services.approve(**common, seen=seen, note=data["comment"])
    elif data["decision"] == "return":
        services.give_back(**common, comment=data["comment"])
    elif data["decision"] == "none":
        services.confirm_no_records(**common, comment=data["comment"])
    else:
        services.deny(**common, comment=data["comment"])


def _present(opened: Opened, seen: Pages) -> dict[str, Any]:
    blocking = opened.found.blocking
    wanted = looking.pages_of(opened.found.items)
    return {
        "documents": _documents(opened, seen),
        "seen_count": len(wanted & seen),
        "total": len(wanted),
        "why_not": _why_not(opened),
        "why_not_approve": blocking[0].text if blocking else "",
    }


def _why_not(opened: Opened) -> str:
    """Say why this person decides nothing here, or nothing where they do."""
    if opened.request.status != RequestStatus.SUBMITTED:
        state = opened.request.get_status_display().lower()
        return f"Nothing waits for approval: the request is {state}."
    actor = opened.scope.actor
    refused = refusal(access.check_may_approve, actor=actor, request=opened.request)
    return refused.message if refused else ""


def _seen(request: HttpRequest) -> Pages:
    """Return the (item, page) pairs that are ticked."""
    found = (SEEN.fullmatch(text) for text in request.POST.getlist("seen"))
    return {(int(match[1]), int(match[2])) for match in found if match}


def _documents(opened: Opened, seen: Pages) -> list[dict[str, Any]]:
    return [
        {
            "item": item,
            "pages": [_page(item, page, (item.item_id, page) in seen) for page in item.pages],
            "is_hidden": item.sensitivity not in opened.scope.classes,
        }
        for item in opened.found.items
    ]


def _page(item: SourceItem, number: int, is_seen: bool) -> dict[str, Any]:
    """Return a page with its size, so that the place of its picture is kept free for it."""
    sizes = item.page_sizes[number - 1 : number] or [[0, 0]]
    width, height = (round(side) for side in sizes[0])
    return {"number": number, "is_seen": is_seen, "width": width, "height": height}
