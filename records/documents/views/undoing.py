"""Taking back a deed of minutes ago, from the line that told of it."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.http import person, say_undoable
from audit.http import requires
from records.documents.models import Document, DocumentMove
from records.documents.permissions import FILE_DOCUMENT, MOVE_DOCUMENT, VOID_DOCUMENT
from records.documents.services import undoing
from records.documents.views import answers
from records.patients.presenters.banner import Banner


def say_filed(request: HttpRequest, document: Document, whose: Banner) -> None:
    """Say where a document went, with the way back while there is one."""
    url = reverse("documents:document_undo", args=[document.pk])
    say_undoable(request, f"Filed to {_name(whose)}", url=url, done_at=document.filed_at)


def say_moved(request: HttpRequest, move: DocumentMove, whose: Banner) -> None:
    """Say to whose chart a document was moved, with the way back while there is one."""
    url = reverse("documents:document_undo_move", args=[move.document_id, move.pk])
    say_undoable(request, f"Moved to {_name(whose)}", url=url, done_at=move.moved_at)


def say_voided(request: HttpRequest, document: Document) -> None:
    """Say that a document is voided, with the way back while there is one."""
    url = reverse("documents:document_undo_voiding", args=[document.pk])
    say_undoable(request, "Voided", url=url, done_at=cast(datetime, document.voided_at))


@requires(FILE_DOCUMENT, methods=("POST",))
@answers.shows_files
def document_undo(request: HttpRequest, document_id: int) -> HttpResponse:
    """Take a filing back; a file that had waited is shown again at its desk."""
    undone = undoing.undo_filing(actor=person(request), document_id=document_id)
    if undone.unfiled_id is None:
        messages.success(request, "The filing is undone: the document is voided.")
        return redirect("charts:chart_detail", patient_id=undone.patient_id)
    messages.success(request, "The filing is undone: the file waits again.")
    return redirect("documents:unfiled_file", unfiled_id=undone.unfiled_id)


@requires(MOVE_DOCUMENT, methods=("POST",))
def document_undo_move(request: HttpRequest, document_id: int, move_id: int) -> HttpResponse:
    """Take a document back to the chart that it was moved from, and show it."""
    undoing.undo_move(actor=person(request), document_id=document_id, move_id=move_id)
    messages.success(request, "The move is undone: the document is back in this chart.")
    return redirect("documents:document_view", document_id=document_id)


@requires(VOID_DOCUMENT, methods=("POST",))
def document_undo_voiding(request: HttpRequest, document_id: int) -> HttpResponse:
    """Take a voided document back into use, and show it."""
    undoing.undo_voiding(actor=person(request), document_id=document_id)
    messages.success(request, "The voiding is undone: the document is in use again.")
    return redirect("documents:document_view", document_id=document_id)


def _name(whose: Banner) -> str:
    return f"{whose.family.upper()}, {whose.given}"
