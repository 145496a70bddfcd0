"""Documents of charts: filed, and replaced by newer versions."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection
from django.utils import timezone

from accounts.models import User
from audit.enums import Action
from audit.writes import attributed
from records.access.enums import SensitivityClass, UnitRight
from records.access.services import opening
from records.access.services.opening import ChartScope
from records.documents.enums import DocumentSource
from records.documents.errors import FilingRefused, SameFileFiled
from records.documents.models import Document, DocumentType, DocumentVersion
from records.documents.sandbox.operations import Inspection
from records.documents.selectors import documents
from records.documents.services import rows, storing
from records.documents.services.storing import Upload
from records.documents.vault.files import StoredFile
from records.encounters.selectors import encounters
from records.patients.selectors import patients
from records.patients.services import custody

LOCK_FILE = "SELECT pg_advisory_xact_lock(hashtext('documents.filing'), hashtext(%s))"


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
    is_duplicate_meant: bool = True,
) -> Document:
    """File a document in a chart: looked at, encrypted and kept, then its rows.

    The same `filing_key` files once: a form sent twice gives the document of the first time.
    Looking and keeping happen before the transaction, so that no lock waits for a disk. Whether
    the chart holds the file already is asked before, to spare the work, and again in the
    transaction, where nobody else can file it meanwhile.

    Raises:
        FileRefused: the file cannot be filed; nothing was kept.
        SandboxUnavailable, VaultUnavailable: not just now; nothing was kept.
        FilingRefused: type, encounter or date of service cannot be.
        SameFileFiled: the chart holds this very file, and no duplicate is meant; nothing was kept.
        ChartRefused, ChartUnknown: the actor has no ground for this chart.
    """
    scope = opening.peek_scope(actor=actor, patient_id=patient_id)
    already = _filed_before(actor, filing_key)
    if already:
        return already
    check_facts(scope, facts)
    if not is_duplicate_meant:
        _check_not_filed(scope, hashlib.sha256(upload.content).hexdigest(), filing_key)
    inspection = storing.inspect(upload)
    document_id = storing.next_id("documents_document")
    identity = storing.version_identity(document_id, 1)
    try:
        with storing.kept(upload.content, identity) as stored:
            return insert_alone(
                actor=actor,
                scope=scope,
                document_id=document_id,
                facts=facts,
                stored=storing.columns(inspection, stored),
                source=source,
                filing_key=filing_key,
                is_duplicate_meant=is_duplicate_meant,
            )
    except IntegrityError:
        # The same form was sent twice at once; the other request's row stands by now.
        faster = _filed_before(actor, filing_key)
        if faster is None:
            raise
        return faster


@attributed
def insert_alone(
    *,
    actor: User,
    scope: ChartScope,
    stored: dict[str, Any],
    filing_key: UUID | None = None,
    is_duplicate_meant: bool = True,
    **more: Any,
) -> Document:
    """Write the rows as `insert` while nobody else files the same bytes in the same chart.

    Two uploads at once would both find nothing filed before: the second waits here until the
    first is committed, and then finds it.

    Raises:
        SameFileFiled: the chart holds this very file, and no duplicate is meant.
        IntegrityError: as `insert`.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOCK_FILE, [f"{scope.patient_id}:{stored['sha256']}"])
    if not is_duplicate_meant:
        _check_not_filed(scope, stored["sha256"], filing_key)
    return insert(actor=actor, scope=scope, stored=stored, filing_key=filing_key, **more)


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
    kind = find_type(facts.type_code)
    document = Document.objects.create(
        pk=document_id,
        patient_id=scope.patient_id,
        unit_id=unit_id_of(scope),
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
    rows.note(actor, document, "", document.status)
    rows.record(actor, scope, document, Action.DOCUMENT_FILED)
    return document


def replace(
    *, actor: User, document_id: int, lock_version: int, upload: Upload, reason: str
) -> Document:
    """Put a newer version over a document; the earlier ones stay readable.

    Raises:
        DocumentChangedMeanwhile: somebody changed the document since the page was opened.
        FileRefused, SandboxUnavailable, VaultUnavailable: nothing was kept.
        ChartRefused, ChartUnknown, ClassHidden: the document is not for the actor.
    """
    number = _next_number(actor, document_id)
    inspection = storing.inspect(upload)
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


def _next_number(actor: User, document_id: int) -> int:
    document = Document.objects.get(pk=document_id)
    scope = opening.peek_scope(actor=actor, patient_id=document.patient_id)
    scope.check_class(document.sensitivity)
    return document.version_number + 1


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
    document, scope = rows.lock_current(actor, document_id, lock_version, Action.DOCUMENT_REPLACED)
    if document.version_number + 1 != number:
        raise rows.stale(document, Action.DOCUMENT_REPLACED)
    DocumentVersion.objects.create(
        document=document,
        number=number,
        reason=reason,
        created_by=actor,
        **storing.columns(inspection, stored),
    )
    document.version_number, document.page_count = number, inspection.page_count
    rows.save(document, ["version_number", "page_count"])
    rows.record(actor, scope, document, Action.DOCUMENT_REPLACED, {"version": number})
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
    _check_class(scope, facts, find_type(facts.type_code))
    check_encounter(scope, facts.encounter_id)


def _check_class(scope: ChartScope, facts: DocumentFacts, kind: DocumentType) -> None:
    """Refuse a class that the actor may not see; what brought it, the type or the choice, says so.

    Raises:
        FilingRefused: names the class, and who can file it.
    """
    sensitivity = facts.sensitivity or kind.default_sensitivity
    if sensitivity in scope.classes:
        return
    name = SensitivityClass(sensitivity).label
    refusal = (
        f"You hold no right to the class “{name}” in this chart. "
        f"A colleague with the right “{UnitRight.VIEW_PROTECTED.label}” can file it."
    )
    if facts.sensitivity:
        raise FilingRefused("sensitivity", refusal)
    raise FilingRefused("type", f"This type is protected. {refusal}")


def check_encounter(scope: ChartScope, encounter_id: int | None) -> None:
    """Refuse an encounter that is not of this chart.

    Raises:
        FilingRefused: it is not.
    """
    if encounter_id is None:
        return
    if not encounters.list_encounters(scope).filter(pk=encounter_id).exists():
        raise FilingRefused("encounter", "This encounter is not of this chart.")


def find_type(code: str) -> DocumentType:
    """Return the type in use that has this code.

    Raises:
        FilingRefused: there is none.
    """
    found = DocumentType.objects.filter(code=code, is_active=True).first()
    if found is None:
        raise FilingRefused("type", "Choose a type of document.")
    return found


def _check_not_filed(scope: ChartScope, sha256: str, filing_key: UUID | None) -> None:
    """Refuse bytes that the chart shows already, but for those of this very form sent twice."""
    same = documents.find_same_bytes(scope, sha256)
    if same is not None and (filing_key is None or same.filing_key != filing_key):
        raise SameFileFiled(same)


def unit_id_of(scope: ChartScope) -> int:
    """Return the unit that keeps an opened chart; its documents carry it too, wherever it goes."""
    return custody.keep_unit(scope.patient_id)


def follow_chart(patient_id: int, unit_id: int) -> None:
    """Let every document of a chart carry the unit that keeps the chart now."""
    Document.objects.filter(patient_id=patient_id).update(unit_id=unit_id)


def _filed_before(actor: User, filing_key: UUID | None) -> Document | None:
    if filing_key is None:
        return None
    return Document.objects.filter(filing_key=filing_key, filed_by=actor).first()
