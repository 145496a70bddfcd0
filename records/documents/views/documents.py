"""Pages of one document."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.http import person
from audit.enums import Action
from audit.http import requires
from records.access.errors import ChartUnknown
from records.access.services import opening
from records.documents.permissions import FILE_DOCUMENT, VIEW_DOCUMENT
from records.documents.selectors import documents
from records.patients.presenters import banner


@requires(VIEW_DOCUMENT)
def document_view(request: HttpRequest, document_id: int) -> HttpResponse:
    """Show a document page by page."""
    patient_id = documents.get_patient_id(document_id)
    if patient_id is None:
        raise ChartUnknown(subject_type="document", subject_id=document_id)
    scope = opening.open_chart(
        actor=person(request),
        patient_id=patient_id,
        action=Action.DOCUMENT_VIEWED,
        subject_type="document",
        subject_id=document_id,
    )
    values = {
        "banner": banner.get_banner(scope),
        "document": documents.get_document(scope, document_id),
    }
    return render(request, "documents/view.html", values)


@requires(FILE_DOCUMENT)
def document_file(request: HttpRequest, patient_id: int) -> HttpResponse:
    """File a document in a chart."""
    scope = opening.open_chart(actor=person(request), patient_id=patient_id)
    return render(request, "documents/file.html", {"banner": banner.get_banner(scope)})
