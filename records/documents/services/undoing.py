"""A filing taken back by who did it, within minutes, as long as nothing else has happened to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from audit.enums import Action
from audit.services import events
from audit.writes import attributing
from records.access.services import opening
from records.documents.errors import DocumentUnknown, FilingNotYours, UndoTooLate
from records.documents.models import Document, UnfiledFile
from records.documents.services import corrections, storing
from records.documents.vault import files

UNDO_FOR = timedelta(minutes=5)
REASON = "Filing undone"
# Every change of a document raises it; a document just filed has the first.
UNTOUCHED = 1


@dataclass(frozen=True)
class Undone:
    """What a filing was before: in whose chart it was, and the file that waits again, if any."""

    patient_id: int
    unfiled_id: int | None


def undo_filing(*, actor: User, document_id: int) -> Undone:
    """Void a document just filed; a file that had waited waits again, where it stood in the list.

    The document stays in the chart, struck through, as any other that is voided: the trail has
    the filing and its undoing as a pair. When and by whom the file was received stays as it was.

    Raises:
        DocumentUnknown: there is no such document.
        FilingNotYours: somebody else filed it.
        UndoTooLate: it was filed longer ago than `UNDO_FOR`.
        DocumentChangedMeanwhile: something else has happened to it since.
        ChartRefused, ChartUnknown, ClassHidden: it is not for the actor.
        VaultError: the bytes cannot be kept anew; nothing was changed.
    """
    document = _find_own(actor, document_id)
    waited = UnfiledFile.objects.filter(document=document).first()
    if waited is None:
        _void(actor, document)
        return Undone(document.patient_id, None)
    content = files.read(storing.place_of(document.versions.get(number=1)))
    unfiled_id = storing.next_id("documents_unfiledfile")
    with (
        storing.kept(content, storing.unfiled_identity(unfiled_id)) as stored,
        attributing(actor),
    ):
        _void(actor, document)
        row = UnfiledFile.objects.create(
            pk=unfiled_id,
            unit_id=waited.unit_id,
            file_name=waited.file_name,
            source=waited.source,
            received_at=waited.received_at,
            received_by_id=waited.received_by_id,
            **storing.copied_columns(waited, stored),
        )
        _record(actor, row, document)
    return Undone(document.patient_id, row.pk)


def _find_own(actor: User, document_id: int) -> Document:
    document = Document.objects.filter(pk=document_id).first()
    if document is None:
        raise DocumentUnknown(
            action=Action.DOCUMENT_VOIDED, subject_type="document", subject_id=document_id
        )
    scope = opening.peek_scope(actor=actor, patient_id=document.patient_id)
    scope.check_class(document.sensitivity)
    facts = {
        "action": Action.DOCUMENT_VOIDED,
        "patient_id": document.patient_id,
        "subject_type": "document",
        "subject_id": document.pk,
    }
    if document.filed_by_id != actor.pk:
        raise FilingNotYours(**facts)
    if timezone.now() - document.filed_at > UNDO_FOR:
        raise UndoTooLate(**facts)
    return document


def _void(actor: User, document: Document) -> None:
    corrections.void(actor=actor, document_id=document.pk, lock_version=UNTOUCHED, reason=REASON)


def _record(actor: User, row: UnfiledFile, document: Document) -> None:
    events.record(
        action=Action.UNFILED_RETURNED,
        actor=actor,
        subject_type="unfiled",
        subject_id=row.pk,
        detail={"undone_document": document.pk},
    )
