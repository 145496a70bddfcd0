"""Loose files: received, and filed by a clerk into the chart where they belong."""

from __future__ import annotations

import structlog
from django.utils import timezone

from accounts.models import User
from audit.enums import Action
from audit.services import events
from audit.writes import attributed, attributing
from records.access.services import opening
from records.documents import access
from records.documents.enums import DocumentSource, UnfiledStatus
from records.documents.errors import (
    UnfiledChangedMeanwhile,
    UnfiledUnknown,
    VaultMissing,
    VaultUnavailable,
)
from records.documents.models import Document, UnfiledFile
from records.documents.services import filing, storing
from records.documents.services.filing import DocumentFacts
from records.documents.services.storing import Upload
from records.documents.vault import files

log = structlog.get_logger(__name__)


def receive(
    *, actor: User, unit_id: int, upload: Upload, source: DocumentSource = DocumentSource.UPLOAD
) -> UnfiledFile:
    """Take a file in; it waits in the unit's list until somebody files it.

    Raises:
        FileRefused, SandboxUnavailable, VaultUnavailable: nothing was kept.
    """
    inspection = storing.inspect(upload)
    unfiled_id = storing.next_id("documents_unfiledfile")
    with (
        storing.kept(upload.content, storing.unfiled_identity(unfiled_id)) as stored,
        attributing(actor),
    ):
        row = UnfiledFile.objects.create(
            pk=unfiled_id,
            unit_id=unit_id,
            file_name=upload.file_name[:200],
            source=source,
            received_by=actor,
            **storing.columns(inspection, stored),
        )
        _record(actor, row, Action.UNFILED_RECEIVED)
        return row


def file_unfiled(
    *,
    actor: User,
    unfiled_id: int,
    patient_id: int,
    facts: DocumentFacts,
    is_duplicate_meant: bool = True,
) -> Document:
    """File a waiting file into a chart, as an encrypted object of its own.

    The waiting copy's key is erased in the same transaction; its bytes go after it.

    Raises:
        UnfiledUnknown: it is not the actor's to see.
        UnfiledChangedMeanwhile: somebody has filed or discarded it.
        FilingRefused: type, encounter or date of service cannot be.
        SameFileFiled: the chart holds this very file, and no duplicate is meant; it still waits.
        ChartRefused, ChartUnknown: the actor has no ground for this chart.
    """
    waiting = _find_waiting(actor, unfiled_id, Action.UNFILED_FILED)
    scope = opening.peek_scope(actor=actor, patient_id=patient_id)
    filing.check_facts(scope, facts)
    content = _read_waiting(actor, waiting)
    document_id = storing.next_id("documents_document")
    with (
        storing.kept(content, storing.version_identity(document_id, 1)) as stored,
        attributing(actor),
    ):
        row = _lock_waiting(actor, unfiled_id, Action.UNFILED_FILED)
        document = filing.insert_alone(
            actor=actor,
            scope=scope,
            document_id=document_id,
            facts=facts,
            stored=storing.copied_columns(row, stored),
            source=DocumentSource(row.source),
            is_duplicate_meant=is_duplicate_meant,
        )
        row.status, row.document = UnfiledStatus.FILED, document
        row.closed_at, row.closed_by = timezone.now(), actor
        row.save(update_fields=["status", "document", "closed_at", "closed_by"])
        row.wrapped_key, row.key_erased_at = None, timezone.now()
        row.save(update_fields=["wrapped_key", "key_erased_at"])
        _record(actor, row, Action.UNFILED_FILED)
    _remove_bytes(actor, row)
    return document


@attributed
def discard(*, actor: User, unfiled_id: int, reason: str) -> UnfiledFile:
    """Take a file that belongs in no chart off the list, with a reason; its bytes are kept.

    Raises:
        UnfiledUnknown: it is not the actor's to see.
        UnfiledChangedMeanwhile: somebody has filed or discarded it.
    """
    row = _lock_waiting(actor, unfiled_id, Action.UNFILED_DISCARDED)
    row.status, row.discard_reason = UnfiledStatus.DISCARDED, reason
    row.closed_at, row.closed_by = timezone.now(), actor
    row.save(update_fields=["status", "discard_reason", "closed_at", "closed_by"])
    _record(actor, row, Action.UNFILED_DISCARDED)
    return row


def remove_erased(actor: User) -> int:
    """Remove the bytes of filed files whose keys are erased; return how many. Safe to repeat.

    Filing does this itself; what a crash or a store out of reach left is removed here.
    """
    erased = UnfiledFile.objects.filter(key_erased_at__isnull=False, bytes_removed_at__isnull=True)
    return sum(_remove_bytes(actor, row) for row in erased.order_by("pk"))


def _find_waiting(actor: User, unfiled_id: int, action: Action) -> UnfiledFile:
    return _checked(actor, UnfiledFile.objects.filter(pk=unfiled_id).first(), action)


def _read_waiting(actor: User, waiting: UnfiledFile) -> bytes:
    try:
        return files.read(storing.place_of(waiting))
    except VaultMissing:
        # Somebody who was faster has removed the bytes: then that is what went wrong.
        _find_waiting(actor, waiting.pk, Action.UNFILED_FILED)
        raise


def _lock_waiting(actor: User, unfiled_id: int, action: Action) -> UnfiledFile:
    locked = UnfiledFile.objects.select_for_update().filter(pk=unfiled_id)
    return _checked(actor, locked.first(), action)


def _checked(actor: User, row: UnfiledFile | None, action: Action) -> UnfiledFile:
    if row is None:
        raise UnfiledUnknown(action=action, subject_type="unfiled")
    access.check_unfiled(actor, row, action)
    if row.status != UnfiledStatus.WAITING:
        raise UnfiledChangedMeanwhile(action=action, subject_type="unfiled", subject_id=row.pk)
    return row


def _remove_bytes(actor: User, row: UnfiledFile) -> bool:
    """Remove bytes that nobody can read any more; what fails is left to the sweeper."""
    try:
        files.erase(row.storage_name)
    except VaultUnavailable:
        log.warning("unfiled_bytes_left", unfiled=row.pk)
        return False
    with attributing(actor):
        row.bytes_removed_at = timezone.now()
        row.save(update_fields=["bytes_removed_at"])
    return True


def _record(actor: User, row: UnfiledFile, action: Action) -> None:
    events.record(action=action, actor=actor, subject_type="unfiled", subject_id=row.pk)
