"""Requests brought to a state by the real steps."""

from __future__ import annotations

import functools
import io
import uuid
from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from reportlab.pdfgen.canvas import Canvas

from accounts.models import User
from audit.enums import Action, Basis
from audit.services import events
from jobs.services import jobs
from records.documents.models import Document
from records.documents.services import filing
from records.documents.services.filing import DocumentFacts
from records.documents.services.storing import Upload
from records.patients.models import Patient
from requests_release.enums import DeliveryMethod
from requests_release.models import Disclosure, Package, Request, RequestItem
from requests_release.services import (
    approvals,
    authorizations,
    deliveries,
    items,
    requests,
    stages,
)
from requests_release.services.authorizations import FormFacts
from requests_release.services.requesters import RequesterFacts
from requests_release.services.requests import RequestFacts

COURT = RequesterFacts(kind="COURT", name="Superior Court", address="205 Newbury Street, Portland")
ATTORNEY = RequesterFacts(kind="ATTORNEY", name="Harlan & Pike LLP", address="1 Court Square")


@functools.cache
def pdf(pages: int = 2, text: str = "Discharge summary") -> bytes:
    """A small, honest PDF."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, invariant=1)
    for number in range(1, pages + 1):
        canvas.drawString(72, 700, f"{text}, page {number}")
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def file_document(patient: Patient, actor: User, **facts: Any) -> Document:
    """A document filed by the real service, its bytes in the vault."""
    values = {
        "type_code": "DISCHARGE_SUMMARY",
        "title": "Discharge summary",
        "service_on": date(2026, 5, 4),
    } | facts
    content = values.pop("content", None) or pdf()
    return filing.file_document(
        actor=actor,
        patient_id=patient.pk,
        upload=Upload(content, "summary.pdf", "application/pdf"),
        facts=DocumentFacts(**values),
    )


def request_facts(**changes: Any) -> RequestFacts:
    values: dict[str, Any] = {
        "kind": "DISCLOSURE",
        "purpose": "LEGAL",
        "basis": "512E_ORDER",
        "channel": "COURT_SERVICE",
        "medium": "ELECTRONIC",
        "scope": "Discharge summaries of 2026",
        "received_on": timezone.localdate() - timedelta(days=2),
        "identity_proof": "Order signed by the judge, seal seen",
        "stated_due_on": timezone.localdate() + timedelta(days=10),
    }
    return RequestFacts(**values | changes)


def signed_form(**changes: Any) -> FormFacts:
    """A form without defects for a release to the attorney."""
    today = timezone.localdate()
    values: dict[str, Any] = {
        "scope": "All discharge summaries",
        "recipients": (ATTORNEY.name,),
        "purpose": "LEGAL",
        "signed_on": today - timedelta(days=20),
        "expires_on": today + timedelta(days=200),
        "names_us": True,
        "has_revocation_statement": True,
        "has_condition_statement": True,
        "has_redisclosure_statement": True,
        "is_plain": True,
    }
    return FormFacts(**values | changes)


def log(
    patient: Patient, clerk: User, *, requester: RequesterFacts = COURT, **facts: Any
) -> Request:
    return requests.log(
        actor=clerk,
        patient_id=patient.pk,
        requester=requester,
        facts=request_facts(**facts),
        idempotency_key=uuid.uuid4(),
    )


def fresh(request: Request) -> Request:
    return Request.objects.get(pk=request.pk)


def reloaded(user: User) -> User:
    """The same person as the next request loads them, without cached rights."""
    return User.objects.get(pk=user.pk)


def take(request: Request, clerk: User) -> Request:
    return stages.take(actor=clerk, request_id=request.pk, version=fresh(request).version)


def choose(request: Request, clerk: User, *documents: Document) -> Request:
    chosen = {one.pk: list(range(1, one.page_count + 1)) for one in documents}
    return items.choose(
        actor=clerk, request_id=request.pk, version=fresh(request).version, chosen=chosen
    )


def authorize(request: Request, clerk: User, form: Document, **changes: Any) -> Any:
    return authorizations.record(
        actor=clerk,
        request_id=request.pk,
        version=fresh(request).version,
        document_id=form.pk,
        facts=signed_form(**changes),
    )


def submit(request: Request, clerk: User, reviewer: User | None = None) -> Request:
    return approvals.submit(
        actor=clerk, request_id=request.pk, version=fresh(request).version, reviewer=reviewer
    )


def all_pages(request: Request) -> set[tuple[int, int]]:
    rows = RequestItem.objects.filter(request=request)
    return {(item.pk, page) for item in rows for page in item.pages}


def look(request: Request, person: User, *pages: int) -> None:
    """Let a person be shown the pages of the request's documents, all of them or those named."""
    for item in request.items.all():
        for page in pages or item.pages:
            events.record(
                action=Action.DOCUMENT_PAGE_VIEWED,
                actor=person,
                patient_id=request.patient_id,
                basis=Basis.UNIT,
                subject_type="document",
                subject_id=item.document_id,
                detail={"version": item.version_number, "page": page},
            )


def approve(request: Request, approver: User) -> Request:
    look(request, approver)
    return approvals.approve(
        actor=approver,
        request_id=request.pk,
        version=fresh(request).version,
        seen=all_pages(request),
    )


def prepared(patient: Patient, clerk: User, *documents: Document, **facts: Any) -> Request:
    request = take(log(patient, clerk, **facts), clerk)
    return choose(request, clerk, *documents)


def submitted(patient: Patient, clerk: User, *documents: Document, **facts: Any) -> Request:
    return submit(prepared(patient, clerk, *documents, **facts), clerk)


def approved(
    patient: Patient, clerk: User, approver: User, *documents: Document, **facts: Any
) -> Request:
    return approve(submitted(patient, clerk, *documents, **facts), approver)


def build(request: Request) -> Package:
    """Let the worker do the whole package."""
    package = Package.objects.filter(request=request).latest("number")
    jobs.work(package.job_id)
    package.refresh_from_db()
    return package


def ready(
    patient: Patient, clerk: User, approver: User, *documents: Document, **facts: Any
) -> Request:
    request = approved(patient, clerk, approver, *documents, **facts)
    build(request)
    return fresh(request)


def hand_over(request: Request, clerk: User, **facts: Any) -> Disclosure:
    """Note that the copies left today, by mail unless said otherwise."""
    values: dict[str, Any] = {
        "actor": clerk,
        "request_id": request.pk,
        "version": fresh(request).version,
        "method": DeliveryMethod.MAIL,
        "handed_on": timezone.localdate(),
    }
    return deliveries.hand_over(**values | facts)
