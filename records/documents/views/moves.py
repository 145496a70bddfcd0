"""Moving a misfiled document: find the chart where it belongs, see whose it is, confirm."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.http import person
from accounts.selectors import changes
from audit.enums import Action
from audit.http import requires
from audit.services import events
from records.access.enums import Use
from records.access.services import opening as charts
from records.access.services.opening import ChartScope
from records.documents.errors import DocumentChangedMeanwhile, DocumentUnknown, FilingRefused
from records.documents.forms.documents import MoveForm
from records.documents.models import Document, DocumentMove
from records.documents.permissions import MOVE_DOCUMENT
from records.documents.services import corrections
from records.documents.views import answers, finding, opening, undoing
from records.documents.views.opening import Opened
from records.patients.http import find_patients, is_sent, redirect_of
from records.patients.presenters import banner

TEMPLATE = "documents/move.html"


@requires(MOVE_DOCUMENT, methods=("GET", "POST"))
def document_move(request: HttpRequest, document_id: int) -> HttpResponse:
    """Take a document to the chart where it belongs."""
    elsewhere = redirect_of(request)
    if elsewhere:
        return elsewhere
    opened = opening.open_document(
        person(request), document_id, Action.DOCUMENT_VIEWED, use=Use.WORK
    )
    if request.method == "POST" and not is_sent(request):
        return _save(request, opened)
    values = {"banner": banner.get_banner(opened.scope), "document": opened.document}
    text, found = find_patients(request)
    patient_id = finding.patient_asked(request) or finding.only_match(found)
    own = opened.scope.patient_id
    if patient_id is None or patient_id == own:
        is_own = patient_id == own
        others = finding.without(found, own)
        values |= {"text": text, "found": others, "is_own": is_own}
        return render(request, TEMPLATE, values)
    target = _open_target(request, opened, patient_id)
    initial = {"to_patient": patient_id, "lock_version": opened.document.lock_version}
    form = MoveForm(target=target, initial=initial)
    return render(request, TEMPLATE, values | {"form": form, "target": banner.get_banner(target)})


def _save(request: HttpRequest, opened: Opened) -> HttpResponse:
    text = request.POST.get("to_patient", "")
    if not (text.isdecimal() and len(text) < 19):
        raise DocumentUnknown("Choose the patient first.", action=Action.DOCUMENT_MOVED)
    target = _open_target(request, opened, int(text))
    form, whose = MoveForm(request.POST, target=target), banner.get_banner(target)
    status = 422
    if form.is_valid():
        try:
            made = _move(opened, form)
        except FilingRefused as refusal:
            answers.say_refused(form, refusal)
        except DocumentChangedMeanwhile as stale:
            if target.patient_id == opened.scope.patient_id:
                return _say_moved_already(request, stale, opened.document)
            answers.say_overtaken(form, stale, opened.document)
            status = 409
        else:
            undoing.say_moved(request, made, whose)
            # Back to the chart in which the person works; the other one is a click away.
            return answers.go(request, "charts:chart_detail", patient_id=opened.scope.patient_id)
    values = {
        "banner": banner.get_banner(opened.scope),
        "document": opened.document,
        "form": form,
        "target": whose,
    }
    return answers.refused_form(request, TEMPLATE, values, status)


def _say_moved_already(
    request: HttpRequest, stale: DocumentChangedMeanwhile, document: Document
) -> HttpResponse:
    """Show the document where it lies by now: the very chart to which the form would take it."""
    events.record_refusal(stale)
    who = changes.describe_last_change("documents_document", document.pk, "this document")
    messages.warning(request, f"{who} It lies in this chart already; nothing was moved again.")
    return answers.go(request, "documents:document_view", document_id=document.pk)


def _move(opened: Opened, form: MoveForm) -> DocumentMove:
    data = form.cleaned_data
    return corrections.move(
        actor=opened.scope.actor,
        document_id=opened.document.pk,
        lock_version=data["lock_version"],
        to_patient_id=data["to_patient"],
        to_encounter_id=data["to_encounter"],
        reason=data["reason"],
    )


def _open_target(request: HttpRequest, opened: Opened, patient_id: int) -> ChartScope:
    return charts.open_chart(
        actor=person(request),
        patient_id=patient_id,
        use=Use.WORK,
        subject_type=opening.SUBJECT,
        subject_id=opened.document.pk,
    )
