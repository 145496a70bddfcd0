"""The list of loose files: received into it, shown page by page, discarded from it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.http import person
from accounts.models import User
from audit.enums import Action, Basis, Outcome
from audit.http import requires
from audit.services import events
from records.documents import access
from records.documents.enums import UnfiledStatus
from records.documents.errors import DocumentError, FileRefused, UnfiledUnknown
from records.documents.forms import fields
from records.documents.forms.unfiled import DiscardForm, ReceiveForm
from records.documents.models import UnfiledFile
from records.documents.permissions import FILE_DOCUMENT
from records.documents.selectors import unfiled as selectors
from records.documents.services import reading, unfiled
from records.documents.views import answers, covers

LIST = "documents/unfiled_list.html"


@dataclass(frozen=True)
class Refusal:
    """A file that was not taken, and why."""

    file_name: str
    why: str


@requires(FILE_DOCUMENT, methods=("GET", "POST"))
def unfiled_list(request: HttpRequest) -> HttpResponse:
    """List the files that wait in the person's units, and receive more."""
    user = person(request)
    form = ReceiveForm(request.POST or None, request.FILES or None, user=user)
    refused: list[Refusal] = []
    if request.method == "POST" and form.is_valid():
        refused = _receive_all(request, user, form)
        if not refused:
            return answers.go(request, "documents:unfiled_list")
    events.record(action=Action.UNFILED_LISTED, basis=Basis.UNIT, durable=True)
    tray = selectors.get_tray(user, after=request.GET.get("after", ""))
    values = {"tray": tray, "form": form, "refused": refused}
    if request.method == "POST":
        return answers.refused_form(request, LIST, values)
    return render(request, LIST, values)


@requires(FILE_DOCUMENT, methods=("GET", "POST"))
def unfiled_discard(request: HttpRequest, unfiled_id: int) -> HttpResponse:
    """Take a file that belongs in no chart off the list."""
    row = open_waiting(person(request), unfiled_id, Action.UNFILED_VIEWED)
    form = DiscardForm(request.POST or None)
    values = {
        "form": form,
        "row": row,
        "title": "Discard this file",
        "confirm": "Discard",
        "is_danger": True,
        "consequence": "It leaves the list. Its bytes are kept, and the log says who and why.",
    }
    if request.method != "POST":
        return render(request, "documents/step.html", values)
    if not form.is_valid():
        return answers.refused_form(request, "documents/step.html", values)
    unfiled.discard(actor=person(request), unfiled_id=unfiled_id, **form.cleaned_data)
    messages.success(request, "Discarded")
    return answers.go(request, "documents:unfiled_list")


@requires(FILE_DOCUMENT)
@answers.shows_files
def unfiled_page(request: HttpRequest, unfiled_id: int, page: int) -> HttpResponse:
    """Show a page of a waiting file; the event is committed before its first byte leaves."""
    row = open_waiting(person(request), unfiled_id, Action.UNFILED_VIEWED, page=page)
    is_sharp = request.GET.get("sharp") == "1"
    return answers.picture(reading.unfiled_page(row, page, is_sharp=is_sharp))


@requires(FILE_DOCUMENT)
@answers.shows_files
def unfiled_thumbnail(request: HttpRequest, unfiled_id: int, page: int) -> HttpResponse:
    """Show a page of a waiting file, too small to be read.

    The desk's own event covers it, by a token that only the desk gives; without it a thumbnail is
    an event of its own.
    """
    user, action = person(request), Action.UNFILED_VIEWED
    if covers.is_covered(request.GET.get("covered", ""), user, "unfiled", unfiled_id):
        row = find_waiting(user, unfiled_id, action, page=page)
    else:
        row = open_waiting(user, unfiled_id, action, page=page)
    return answers.picture(reading.unfiled_thumbnail(row, page))


def find_waiting(
    user: User, unfiled_id: int, action: Action, *, page: int | None = None
) -> UnfiledFile:
    """Return a waiting file that the person may see.

    Raises:
        UnfiledUnknown: there is none, it has no such page, or it is not theirs to see.
    """
    row = selectors.find(unfiled_id)
    unknown = UnfiledUnknown(action=action, subject_type="unfiled", subject_id=unfiled_id)
    if row is None or row.status != UnfiledStatus.WAITING:
        raise unknown
    access.check_unfiled(user, row, action)
    if page is not None and not 1 <= page <= row.page_count:
        raise unknown
    return row


def open_waiting(
    user: User, unfiled_id: int, action: Action, *, page: int | None = None
) -> UnfiledFile:
    """Return a waiting file as `find_waiting`, after the event that says who looked at it.

    Raises:
        UnfiledUnknown: as `find_waiting`.
    """
    row = find_waiting(user, unfiled_id, action, page=page)
    events.record(
        action=action,
        actor=user,
        basis=Basis.UNIT,
        subject_type="unfiled",
        subject_id=unfiled_id,
        detail={"page": page} if page else None,
        durable=True,
    )
    return row


def _receive_all(request: HttpRequest, user: User, form: ReceiveForm) -> list[Refusal]:
    """Receive each file by itself; return those that were not taken."""
    refused = []
    files = form.cleaned_data["uploads"]
    for file in files:
        why = _receive(user, form.cleaned_data["unit"], file)
        if why:
            refused.append(Refusal(file.name or "", why))
    taken = len(files) - len(refused)
    if taken:
        messages.success(request, f"{taken} file{'' if taken == 1 else 's'} received")
    return refused


def _receive(user: User, unit_id: int, file: UploadedFile) -> str:
    """Receive one file; return why not, or an empty text."""
    try:
        upload = fields.as_upload(file)
    except ValidationError as error:
        return str(error.message)
    digest = hashlib.sha256(upload.content).hexdigest()
    if selectors.find_same_waiting(unit_id, digest):
        return "This very file is waiting in the list already."
    try:
        unfiled.receive(actor=user, unit_id=unit_id, upload=upload)
    except DocumentError as error:
        events.record(
            action=Action.UNFILED_REJECTED,
            basis=Basis.NONE,
            outcome=Outcome.REFUSED if isinstance(error, FileRefused) else Outcome.FAILED,
            detail={"reason": error.code},
        )
        return error.message
    return ""
