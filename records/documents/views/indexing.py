"""The indexing desk: a waiting file on the left, whose and what it is on the right."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.http import person
from audit.enums import Action
from audit.http import requires
from records.access.enums import Use
from records.access.services import opening
from records.access.services.opening import ChartScope
from records.documents import access
from records.documents.enums import UnfiledStatus
from records.documents.errors import DocumentError, FilingRefused
from records.documents.forms.unfiled import UnfiledForm
from records.documents.models import Document, UnfiledFile
from records.documents.permissions import FILE_DOCUMENT
from records.documents.presenters.unfiled import pages_of
from records.documents.selectors import unfiled as selectors
from records.documents.services import unfiled
from records.documents.views import answers, covers, finding
from records.documents.views.undoing import say_filed
from records.documents.views.unfiled import open_waiting
from records.patients.http import find_patients, is_sent, redirect_of
from records.patients.presenters import banner
from records.patients.presenters.banner import Banner

DESK = "documents/desk.html"
# The next file often belongs with the one before: F2 takes these over.
DITTO = "documents.ditto"
CARRIED = ("type", "service_on", "encounter")
MOST_COUNTED = 100


@requires(FILE_DOCUMENT, methods=("GET", "POST"))
def unfiled_file(request: HttpRequest, unfiled_id: int) -> HttpResponse:
    """Show a waiting file beside its form, or file it and go on to the next."""
    if request.method == "POST" and not is_sent(request):
        return _save(request, unfiled_id)
    elsewhere = redirect_of(request)
    if elsewhere:
        return elsewhere
    gone = _find_gone(request, unfiled_id)
    if gone is not None:
        messages.warning(request, f"This file was {gone.get_status_display().lower()} meanwhile.")
        return redirect("documents:unfiled_list")
    row = open_waiting(person(request), unfiled_id, Action.UNFILED_VIEWED)
    text, found = find_patients(request)
    patient_id = finding.patient_asked(request) or finding.only_match(found)
    values = _values(request, row) | {"text": text, "found": found}
    if patient_id is None:
        return render(request, DESK, values)
    scope = _open_chart(request, row, patient_id)
    form = UnfiledForm(scope=scope, initial={"patient": patient_id, **_initial(request)})
    return render(request, DESK, values | {"form": form, "target": banner.get_banner(scope)})


def _save(request: HttpRequest, unfiled_id: int) -> HttpResponse:
    text = request.POST.get("patient", "")
    if not (text.isdecimal() and len(text) < 19):
        messages.warning(request, "Choose the patient first.")
        return answers.go(request, "documents:unfiled_file", unfiled_id=unfiled_id)
    scope = opening.open_chart(
        actor=person(request),
        patient_id=int(text),
        use=Use.WORK,
        subject_type="unfiled",
        subject_id=unfiled_id,
    )
    form, whose = UnfiledForm(request.POST, scope=scope), banner.get_banner(scope)
    status, same = 422, None
    if form.is_valid():
        try:
            document = _file(scope, unfiled_id, form)
        except FilingRefused as refusal:
            same = refusal.document
            answers.say_refused(form, refusal)
        except DocumentError as error:
            status = answers.say_failed(form, error, Action.UNFILED_FILED, scope.patient_id)
        else:
            return _filed(request, unfiled_id, document, whose)
    row = open_waiting(person(request), unfiled_id, Action.UNFILED_VIEWED)
    values = _values(request, row) | {"form": form, "target": whose, "same": same}
    return answers.refused_form(request, DESK, values, status)


def _file(scope: ChartScope, unfiled_id: int, form: UnfiledForm) -> Document:
    return unfiled.file_unfiled(
        actor=scope.actor,
        unfiled_id=unfiled_id,
        patient_id=scope.patient_id,
        facts=form.facts(),
        is_duplicate_meant=form.cleaned_data["is_duplicate_meant"],
    )


def _filed(
    request: HttpRequest, unfiled_id: int, document: Document, whose: Banner
) -> HttpResponse:
    """Say where it went, and show the next file that waits."""
    say_filed(request, document, whose)
    request.session[DITTO] = {"patient": document.patient_id} | {
        name: request.POST[name] for name in CARRIED if request.POST.get(name)
    }
    row = selectors.find(unfiled_id)
    following = selectors.find_next(person(request), row) if row else None
    if following is None:
        return answers.go(request, "documents:unfiled_list")
    return answers.go(request, "documents:unfiled_file", unfiled_id=following)


def _values(request: HttpRequest, row: UnfiledFile) -> dict[str, Any]:
    user = person(request)
    following = selectors.find_next(user, row)
    here = reverse("documents:unfiled_file", args=[row.pk])
    ditto = request.session.get(DITTO)
    page = request.GET.get("page", "")
    kept = {name: request.GET[name] for name in ("patient", *CARRIED) if request.GET.get(name)}
    return {
        "row": row,
        "pages": pages_of(
            row,
            int(page) if page.isdecimal() and len(page) < 8 else 1,
            covers.cover(user, row),
            urlencode(kept),
        ),
        "waiting": selectors.count_waiting(user, most=MOST_COUNTED),
        "most": MOST_COUNTED,
        "skip_url": reverse("documents:unfiled_file", args=[following]) if following else "",
        "ditto_url": f"{here}?{urlencode(ditto)}" if ditto else "",
    }


def _find_gone(request: HttpRequest, unfiled_id: int) -> UnfiledFile | None:
    """Return the file if it was the person's to see and waits no longer."""
    row = selectors.find(unfiled_id)
    if row is None or row.status == UnfiledStatus.WAITING:
        return None
    access.check_unfiled(person(request), row, Action.UNFILED_VIEWED)
    return row


def _open_chart(request: HttpRequest, row: UnfiledFile, patient_id: int) -> ChartScope:
    return opening.open_chart(
        actor=person(request),
        patient_id=patient_id,
        use=Use.WORK,
        subject_type="unfiled",
        subject_id=row.pk,
    )


def _initial(request: HttpRequest) -> dict[str, Any]:
    carried = {name: request.GET[name] for name in CARRIED if request.GET.get(name)}
    return {"service_on": timezone.localdate()} | carried
