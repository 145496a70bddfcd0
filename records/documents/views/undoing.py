"""Taking back a filing of minutes ago, from the line that told of it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.http import person
from audit.http import requires
from records.documents.models import Document
from records.documents.permissions import FILE_DOCUMENT
from records.documents.services import undoing
from records.documents.views import answers
from records.patients.presenters.banner import Banner


def say_filed(request: HttpRequest, document: Document, whose: Banner) -> None:
    """Say where a document went, with the way back while there is one."""
    until = (document.filed_at + undoing.UNDO_FOR).isoformat()
    url = reverse("documents:document_undo", args=[document.pk])
    text = f"Filed to {whose.family.upper()}, {whose.given}"
    messages.success(request, text, extra_tags=f"undo:{url} until:{until}")


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
