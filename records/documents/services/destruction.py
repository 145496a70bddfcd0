"""Documents at the end of their term: keys erased, then bytes removed, a bare row kept.

Called by retention while a batch is carried out. The database refuses every step of it at any
other time, and while a hold covers the document or its patient.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.core.files.storage import storages
from django.db import connection
from django.utils import timezone

from accounts.models import User
from audit.enums import Action, Purpose
from audit.services import events
from audit.writes import attributed, attributing
from records.documents import tracking
from records.documents.enums import DocumentStatus
from records.documents.models import Document, DocumentVersion, UnfiledFile
from records.documents.services import rows
from records.documents.vault import files

VOID_REASON = "Destroyed"
PURGE = f"DELETE FROM auditlog_logentry WHERE {tracking.ENTRIES}"
LEFT = f"SELECT DISTINCT object_id FROM auditlog_logentry WHERE {tracking.ENTRIES} ORDER BY 1"


@attributed
def erase_keys(*, actor: User, patient_id: int, basis_id: int) -> int:
    """Erase the key of every version of a chart's documents and reduce each to a bare row.

    The bytes, whatever copies of them exist, are unreadable once this is committed. The received
    files that the documents came from go the same way. `basis_id` is the batch. Return how many
    documents were destroyed; those destroyed before are left alone.
    """
    now = timezone.now()
    documents = Document.objects.filter(patient_id=patient_id).select_related("type").order_by("pk")
    count = 0
    for document in documents.exclude(status=DocumentStatus.DESTROYED).select_for_update(
        of=("self",)
    ):
        for received in UnfiledFile.objects.filter(document=document).order_by("pk"):
            _forget_received(received, now)
        for version in DocumentVersion.objects.filter(document=document).order_by("pk"):
            _erase(version, now)
        _reduce(actor, document, basis_id, now)
        count += 1
    return count


def remove_bytes(*, actor: User, patient_id: int) -> int:
    """Remove the bytes of every erased version of a chart from the vault; return how many.

    A version's folder goes first and its row says so after, so that a crash between the two only
    removes it again. What is removed already is left alone.

    Raises:
        VaultUnavailable: the store refuses; call again.
    """
    count = 0
    for stored in _erased(patient_id):
        files.erase(stored.storage_name)
        with attributing(actor):
            stored.bytes_removed_at = timezone.now()
            stored.save(update_fields=["bytes_removed_at"])
        count += 1
    return count


@attributed
def purge_history(*, actor: User, patient_ids: Sequence[int]) -> int:
    """Remove what was said of destroyed charts' documents before; return how many entries went."""
    with connection.cursor() as cursor:
        cursor.execute(PURGE, tracking.entries_of(patient_ids))
        return int(cursor.rowcount)


def list_remains(*, patient_id: int) -> list[str]:
    """Return what is still there of a destroyed chart: keys, rows, files, values of histories.

    Empty when nothing is.

    Raises:
        VaultUnavailable: the store cannot be read.
    """
    remains = []
    for stored in _all_stored(patient_id):
        name = f"{stored._meta.model_name}:{stored.pk}"
        if stored.wrapped_key is not None:
            remains.append(f"{name}:KEY")
        if stored.bytes_removed_at is None or _has_files(stored.storage_name):
            remains.append(f"{name}:BYTES")
    with connection.cursor() as cursor:
        cursor.execute(LEFT, tracking.entries_of([patient_id]))
        remains += [f"document:{document_id}:HISTORY" for (document_id,) in cursor.fetchall()]
    return remains


def _erase(stored: DocumentVersion | UnfiledFile, now: datetime) -> None:
    if stored.wrapped_key is not None:
        stored.wrapped_key, stored.key_erased_at = None, now
        stored.save(update_fields=["wrapped_key", "key_erased_at"])


def _forget_received(received: UnfiledFile, now: datetime) -> None:
    received.file_name = ""
    received.save(update_fields=["file_name"])
    _erase(received, now)


def _reduce(actor: User, document: Document, basis_id: int, now: datetime) -> None:
    rows.note(actor, document, document.status, DocumentStatus.DESTROYED, f"Batch {basis_id}")
    document.status, document.destroyed_at = DocumentStatus.DESTROYED, now
    document.title = document.type.name
    document.void_reason = VOID_REASON if document.void_reason else ""
    document.save(update_fields=["status", "destroyed_at", "title", "void_reason"])
    events.record(
        action=Action.DOCUMENT_DESTROYED,
        actor=actor,
        patient_id=document.patient_id,
        purpose=Purpose.RETENTION,
        subject_type="document",
        subject_id=document.pk,
        detail={"batch": basis_id},
    )


def _all_stored(patient_id: int) -> Iterator[DocumentVersion | UnfiledFile]:
    yield from DocumentVersion.objects.filter(document__patient_id=patient_id).order_by("pk")
    yield from UnfiledFile.objects.filter(document__patient_id=patient_id).order_by("pk")


def _erased(patient_id: int) -> Iterator[DocumentVersion | UnfiledFile]:
    for stored in _all_stored(patient_id):
        if stored.wrapped_key is None and stored.bytes_removed_at is None:
            yield stored


def _has_files(name: str) -> bool:
    storage: Any = storages[files.ALIAS]
    with files.known_errors():
        return any(True for _ in storage.walk(name))
