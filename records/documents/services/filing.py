"""Documents of charts: filed, replaced by a newer version, moved, changed, voided, restored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone

from accounts.models import User
from audit.enums import Action
from audit.services import events
from audit.writes import attributed
from records.access.services import opening
from records.access.services.opening import ChartScope
from records.documents.enums import DocumentSource, DocumentStatus
from records.documents.errors import DocumentChangedMeanwhile, FilingRefused
from records.documents.models import (
    Document,
    DocumentMove,
    DocumentStatusChange,
    DocumentType,
    DocumentVersion,
)
from records.documents.sandbox.operations import Inspection
from records.documents.services import storing
from records.documents.services.storing import Upload
from records.documents.vault.files import StoredFile
from records.encounters.selectors import encounters
from records.patients.selectors import patients


@dataclass(frozen=True)
class DocumentFacts:
    """What the index of the chart says of a document."""

    type_code: str
    title: str
    service_on: date
    encounter_id: int | None = None
    sensitivity: str = ""


def file_document(
    *,
    actor: User,
    patient_id: int,
    upload: Upload,
    facts: DocumentFacts,
    source: DocumentSource = DocumentSource.UPLOAD,
    filing_key: UUID | None = None,
) -> Document:
    """File a document in a chart: looked at, encrypted and kept, then its rows.

    The same `filing_key` files once: a form sent twice gives the document of the first time.
    Looking and keeping happen before the transaction, so that no lock waits for a disk.

    Raises:
        FileRefused: the file cannot be filed; nothing was kept.
        SandboxUnavailable, VaultUnavailable: not just now; nothing was kept.
        FilingRefused: type, encounter or date of service cannot be.
        ChartRefused, ChartUnknown: the actor has no ground for this chart.
    """
    scope = opening.peek_scope(actor=actor, patient_id=patient_id)
    already = _filed_before(filing_key)
    if already:
        return already
    check_facts(scope, facts)
    inspection = storing.inspect(upload)
    document_id = storing.next_id("documents_document")
    identity = storing.version_identity(document_id, 1)
    with storing.kept(upload.content, identity) as stored:
        return insert(
            actor=actor,
            scope=scope,
            document_id=document_id,
            facts=facts,
            stored=storing.columns(inspection, stored),
            source=source,
            filing_key=filing_key,
        )


@attributed
def insert(
    *,
    actor: User,
    scope: ChartScope,
    document_id: int,
    facts: DocumentFacts,
    stored: dict[str, Any],
    source: DocumentSource,
    filing_key: UUID | None = None,
) -> Document:
    """Write the rows of a document whose bytes are kept already.

    Raises:
        IntegrityError: another request with the same filing key was faster; the caller's bytes
            are taken back.
    """
    kind = _type(facts.type_code)
    document = Document.objects.create(
        pk=document_id,
        patient_id=scope.patient_id,
        unit_id=_unit_id(scope),
        encounter_id=facts.encounter_id,
        type=kind,
        title=facts.title.strip() or kind.name,
        service_on=facts.service_on,
        sensitivity=facts.sensitivity or kind.default_sensitivity,
        source=source,
        page_count=stored["page_count"],
        filed_by=actor,
        filing_key=filing_key,
    )
    DocumentVersion.objects.create(document=document, number=1, created_by=actor, **stored)
    _note(actor, document, "", "")
    _record(actor, scope, document, Action.DOCUMENT_FILED)
    return document


def replace(
    *, actor: User, document_id: int, lock_version: int, upload: Upload, reason: str
) -> Document:
    """Put a newer version over a document; the earlier ones stay readable.

    Raises:
        DocumentChangedMeanwhile: somebody changed the document since the page was opened.
        FileRefused, SandboxUnavailable, VaultUnavailable: nothing was kept.
    """
    inspection = storing.inspect(upload)
    number = Document.objects.values_list("version_number", flat=True).get(pk=document_id) + 1
    identity = storing.version_identity(document_id, number)
    with storing.kept(upload.content, identity) as stored:
        return _replace(
            actor=actor,
            document_id=document_id,
            lock_version=lock_version,
            number=number,
            inspection=inspection,
            stored=stored,
            reason=reason,
        )


@attributed
def _replace(
    *,
    actor: User,
    document_id: int,
    lock_version: int,
    number: int,
    inspection: Inspection,
    stored: StoredFile,
    reason: str,
) -> Document:
    document, scope = _lock(actor, document_id, lock_version, Action.DOCUMENT_REPLACED)
    _check_current(document)
    if document.version_number + 1 != number:
        raise DocumentChangedMeanwhile(patient_id=document.patient_id)
    DocumentVersion.objects.create(
        document=document,
        number=number,
        reason=reason,
        created_by=actor,
        **storing.columns(inspection, stored),
    )
    document.version_number, document.page_count = number, inspection.page_count
    _save(document, ["version_number", "page_count"])
    _record(actor, scope, document, Action.DOCUMENT_REPLACED, {"version": number})
    return document


@attributed
def move(
    *,
    actor: User,
    document_id: int,
    lock_version: int,
    to_patient_id: int,
    to_encounter_id: int | None,
    reason: str,
) -> Document:
    """Take a misfiled document to the chart where it belongs; both charts' logs say so.

    Raises:
        DocumentChangedMeanwhile: somebody changed the document since the page was opened.
        FilingRefused: the encounter is not of that chart, or the chart is the same.
        ChartRefused, ChartUnknown: the actor has no ground for one of the charts.
    """
    document, scope = _lock(actor, document_id, lock_version, Action.DOCUMENT_MOVED)
    _check_current(document)
    target = opening.peek_scope(actor=actor, patient_id=to_patient_id)
    if target.patient_id == document.patient_id:
        raise FilingRefused("to_patient", "The document lies in this chart already.")
    _check_encounter(target, to_encounter_id)
    DocumentMove.objects.create(
        document=document,
        from_patient_id=document.patient_id,
        to_patient_id=to_patient_id,
        reason=reason,
        moved_at=timezone.now(),
        moved_by=actor,
    )
    document.patient_id, document.encounter_id = to_patient_id, to_encounter_id
    document.unit_id = _unit_id(target)
    _save(document, ["patient_id", "encounter_id", "unit_id"])
    _record(actor, scope, document, Action.DOCUMENT_MOVED, {"to_patient": to_patient_id})
    _record(actor, target, document, Action.DOCUMENT_MOVED, {"from_patient": scope.patient_id})
    return document


@attributed
def change(*, actor: User, document_id: int, lock_version: int, facts: DocumentFacts) -> Document:
    """Correct type, title, date of service, encounter or sensitivity of a document.

    Raises:
        DocumentChangedMeanwhile: somebody changed the document since the page was opened.
        FilingRefused: type, encounter or date cannot be.
    """
    document, scope = _lock(actor, document_id, lock_version, Action.DOCUMENT_CHANGED)
    _check_current(document)
    check_facts(scope, facts)
    kind = _type(facts.type_code)
    wanted: dict[str, Any] = {
        "type_id": kind.pk,
        "title": facts.title.strip() or kind.name,
        "service_on": facts.service_on,
        "encounter_id": facts.encounter_id,
        "sensitivity": facts.sensitivity or document.sensitivity,
    }
    changed = [name for name, value in wanted.items() if getattr(document, name) != value]
    for name in changed:
        setattr(document, name, wanted[name])
    if changed:
        _save(document, changed)
        is_class = "sensitivity" in changed
        action = Action.DOCUMENT_RECLASSIFIED if is_class else Action.DOCUMENT_CHANGED
        _record(actor, scope, document, action, {"fields": changed})
    return document


@attributed
def void(*, actor: User, document_id: int, lock_version: int, reason: str) -> Document:
    """Take a document out of use; it stays in the chart, struck through, and can be restored.

    Raises:
        DocumentChangedMeanwhile: somebody changed the document since the page was opened.
    """
    document, scope = _lock(actor, document_id, lock_version, Action.DOCUMENT_VOIDED)
    _check_current(document)
    before, document.status = document.status, DocumentStatus.VOIDED
    document.voided_at, document.voided_by, document.void_reason = timezone.now(), actor, reason
    _save(document, ["status", "voided_at", "voided_by", "void_reason"])
    _note(actor, document, before, reason)
    _record(actor, scope, document, Action.DOCUMENT_VOIDED)
    return document


@attributed
def restore(*, actor: User, document_id: int, lock_version: int, reason: str) -> Document:
    """Take a voided document back into use.

    Raises:
        DocumentChangedMeanwhile: it is not voided any more.
    """
    document, scope = _lock(actor, document_id, lock_version, Action.DOCUMENT_RESTORED)
    if document.status != DocumentStatus.VOIDED:
        raise DocumentChangedMeanwhile(patient_id=document.patient_id)
    before, document.status = document.status, DocumentStatus.CURRENT
    document.voided_at, document.voided_by, document.void_reason = None, None, ""
    _save(document, ["status", "voided_at", "voided_by", "void_reason"])
    _note(actor, document, before, reason)
    _record(actor, scope, document, Action.DOCUMENT_RESTORED)
    return document


def check_facts(scope: ChartScope, facts: DocumentFacts) -> None:
    """Refuse what cannot be said of a document of this chart.

    Raises:
        FilingRefused: names the field and the reason.
    """
    if facts.service_on > timezone.localdate():
        raise FilingRefused("service_on", "The date of service lies in the future.")
    patient = patients.get_patient(scope)
    if patient.birth_on and facts.service_on < patient.birth_on:
        raise FilingRefused("service_on", "The date of service lies before the birth.")
    kind = _type(facts.type_code)
    if (facts.sensitivity or kind.default_sensitivity) not in scope.classes:
        raise FilingRefused(
            "sensitivity", "You hold no right to documents of this class in this chart."
        )
    _check_encounter(scope, facts.encounter_id)


def _check_encounter(scope: ChartScope, encounter_id: int | None) -> None:
    is_known = encounters.list_encounters(scope).filter(pk=encounter_id).exists()
    if encounter_id is not None and not is_known:
        raise FilingRefused("encounter", "This encounter is not of this chart.")


def _type(code: str) -> DocumentType:
    found = DocumentType.objects.filter(code=code, is_active=True).first()
    if found is None:
        raise FilingRefused("type", "Choose a type of document.")
    return found


def _unit_id(scope: ChartScope) -> int:
    return patients.get_patient(scope).unit_id


def _filed_before(filing_key: UUID | None) -> Document | None:
    if filing_key is None:
        return None
    return Document.objects.filter(filing_key=filing_key).first()


def _lock(
    actor: User, document_id: int, lock_version: int, action: Action
) -> tuple[Document, ChartScope]:
    document = Document.objects.select_for_update().get(pk=document_id)
    scope = opening.peek_scope(actor=actor, patient_id=document.patient_id)
    scope.check_class(document.sensitivity)
    if document.lock_version != lock_version:
        raise DocumentChangedMeanwhile(
            patient_id=document.patient_id,
            action=action,
            subject_type="document",
            subject_id=document_id,
        )
    return document, scope


def _check_current(document: Document) -> None:
    if document.status != DocumentStatus.CURRENT:
        raise DocumentChangedMeanwhile(patient_id=document.patient_id)


def _save(document: Document, fields: list[str]) -> None:
    document.lock_version += 1
    document.save(update_fields=[*fields, "lock_version"])


def _note(actor: User, document: Document, before: str, reason: str) -> None:
    DocumentStatusChange.objects.create(
        document=document,
        from_status=before,
        to_status=document.status,
        reason=reason,
        changed_at=timezone.now(),
        changed_by=actor,
    )


def _record(
    actor: User,
    scope: ChartScope,
    document: Document,
    action: Action,
    detail: dict[str, Any] | None = None,
) -> None:
    events.record(
        action=action,
        actor=actor,
        patient_id=scope.patient_id,
        basis=scope.basis,
        subject_type="document",
        subject_id=document.pk,
        detail=detail,
    )
