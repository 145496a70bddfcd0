"""One document: looked at, described anew, replaced, voided, restored."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.http import person
from audit.enums import Action, Basis
from audit.http import requires
from audit.services import events
from records.access.enums import Use
from records.documents.enums import DocumentStatus
from records.documents.errors import DocumentChangedMeanwhile, DocumentError, FilingRefused
from records.documents.forms.documents import ChangeForm, ReasonForm, ReplaceForm
from records.documents.models import Document
from records.documents.permissions import FILE_DOCUMENT, VIEW_DOCUMENT, VOID_DOCUMENT
from records.documents.presenters import viewer
from records.documents.services import corrections, filing
from records.documents.views import answers, covers, opening, pages, undoing
from records.documents.views.opening import Opened
from records.patients.presenters import banner

STEP = "documents/step.html"
CURRENT = DocumentStatus.CURRENT


@requires(VIEW_DOCUMENT)
def document_view(request: HttpRequest, document_id: int) -> HttpResponse:
    """Show a document page by page; each page that is turned to is an event of its own."""
    user = person(request)
    number = pages.version_asked(request)
    opened = opening.open_document(user, document_id, Action.DOCUMENT_VIEWED, number=number)
    cover = covers.cover(user, opened.version)
    page = request.GET.get("page", "")
    at = int(page) if page.isdecimal() and len(page) < 8 else 1
    shown = viewer.present(opened.scope, opened.document, opened.version, at, cover)
    _tell_named(document_id, shown.history.patient_ids)
    values = {
        "banner": banner.get_banner(opened.scope),
        "shown": shown,
        "lock_version": opened.document.lock_version,
    }
    return render(request, "documents/view.html", values)


def _tell_named(document_id: int, patient_ids: list[int]) -> None:
    """Write the event of those whom the history names beside the chart's own patient."""
    if patient_ids:
        events.record(
            action=Action.PATIENTS_LISTED,
            basis=Basis.DIRECTORY,
            subject_type=opening.SUBJECT,
            subject_id=document_id,
            patients=patient_ids,
            durable=True,
        )


@requires(FILE_DOCUMENT, methods=("GET", "POST"))
def document_change(request: HttpRequest, document_id: int) -> HttpResponse:
    """Put right what is said of a document; nobody's work is overwritten silently."""
    opened = _open(request, document_id)
    initial = ChangeForm.initial_of(opened.document)
    form = ChangeForm(request.POST or None, scope=opened.scope, initial=initial)
    values = _words(opened, form, "Change what is said of it", "Save") | _over(opened, CURRENT)
    if request.method != "POST":
        return render(request, STEP, values)
    if form.is_valid():
        try:
            corrections.change(
                actor=opened.scope.actor,
                document_id=document_id,
                lock_version=form.cleaned_data["lock_version"],
                facts=form.facts(),
            )
        except FilingRefused as refusal:
            answers.say_refused(form, refusal)
        except DocumentChangedMeanwhile as stale:
            answers.say_overtaken(form, stale, opened.document)
            values["stored"] = opened.document
            return answers.refused_form(request, STEP, values, 409)
        else:
            return answers.go(request, "documents:document_view", document_id=document_id)
    return answers.refused_form(request, STEP, values)


@requires(FILE_DOCUMENT, methods=("GET", "POST"))
def document_replace(request: HttpRequest, document_id: int) -> HttpResponse:
    """Put a newer version over a document."""
    opened = _open(request, document_id)
    initial = {"lock_version": opened.document.lock_version}
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ReplaceForm(*sent, initial=initial)
    values = _words(opened, form, "Put a newer version over it", "Replace")
    values |= _over(opened, CURRENT)
    values["consequence"] = "The version that is shown now stays readable under Versions."
    if request.method != "POST":
        return render(request, STEP, values)
    patient_id = opened.scope.patient_id
    if not form.is_valid():
        status = answers.say_unfit(form, Action.DOCUMENT_REPLACED, patient_id)
        return answers.refused_form(request, STEP, values, status)
    data = form.cleaned_data
    try:
        filing.replace(
            actor=opened.scope.actor,
            document_id=document_id,
            lock_version=data["lock_version"],
            upload=data["file"],
            reason=data["reason"],
        )
    except DocumentChangedMeanwhile as stale:
        answers.say_overtaken(form, stale, opened.document)
        return answers.refused_form(request, STEP, values, 409)
    except DocumentError as error:
        status = answers.say_failed(form, error, Action.DOCUMENT_REPLACED, patient_id)
        return answers.refused_form(request, STEP, values, status)
    return answers.go(request, "documents:document_view", document_id=document_id)


@requires(VOID_DOCUMENT, methods=("GET", "POST"))
def document_void(request: HttpRequest, document_id: int) -> HttpResponse:
    """Take a document out of use."""
    words = {
        "title": "Void this document",
        "confirm": "Void",
        "is_danger": True,
        "consequence": "It stays in the chart, struck through, and leaves with no release. "
        "It can be restored.",
    }
    return _with_reason(request, document_id, corrections.void, CURRENT, words, undoing.say_voided)


@requires(VOID_DOCUMENT, methods=("GET", "POST"))
def document_restore(request: HttpRequest, document_id: int) -> HttpResponse:
    """Take a voided document back into use."""
    words = {"title": "Restore this document", "confirm": "Restore"}
    voided = DocumentStatus.VOIDED
    return _with_reason(request, document_id, corrections.restore, voided, words, _say_restored)


def _say_restored(request: HttpRequest, document: Document) -> None:
    messages.success(request, "Restored")


def _with_reason(
    request: HttpRequest,
    document_id: int,
    service: Callable[..., Document],
    needed: DocumentStatus,
    words: dict[str, Any],
    say: Callable[[HttpRequest, Document], None],
) -> HttpResponse:
    opened = _open(request, document_id)
    initial = {"lock_version": opened.document.lock_version}
    form = ReasonForm(request.POST or None, initial=initial)
    values = _words(opened, form, words["title"], words["confirm"]) | words
    values |= _over(opened, needed)
    if request.method != "POST":
        return render(request, STEP, values)
    if not form.is_valid():
        return answers.refused_form(request, STEP, values)
    try:
        done = service(actor=opened.scope.actor, document_id=document_id, **form.cleaned_data)
    except DocumentChangedMeanwhile as stale:
        answers.say_overtaken(form, stale, opened.document)
        return answers.refused_form(request, STEP, values, 409)
    say(request, done)
    return answers.go(request, "documents:document_view", document_id=document_id)


def _open(request: HttpRequest, document_id: int) -> Opened:
    return opening.open_document(person(request), document_id, Action.DOCUMENT_VIEWED, use=Use.WORK)


def _over(opened: Opened, needed: DocumentStatus) -> dict[str, bool]:
    """Tell whether the step is out of the question, because the document's status is another."""
    return {"is_over": opened.document.status != needed}


def _words(opened: Opened, form: forms.Form, title: str, confirm: str) -> dict[str, Any]:
    return {
        "banner": banner.get_banner(opened.scope),
        "document": opened.document,
        "form": form,
        "title": title,
        "confirm": confirm,
    }
