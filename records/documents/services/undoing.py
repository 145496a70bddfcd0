"""A deed taken back by who did it, within minutes, as long as nothing else has happened since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from accounts.services.undoing import check_may_undo
from audit.enums import Action
from audit.services import events
from audit.writes import attributing
from records.access.services import opening
from records.documents.errors import DocumentUnknown
from records.documents.models import Document, DocumentMove, UnfiledFile
from records.documents.services import corrections, rows, storing
from records.documents.vault import files

INSTEAD = "What is wrong is put right on the document's page."
FILING_UNDONE = "Filing undone"
MOVE_UNDONE = "Move undone"
VOIDING_UNDONE = "Voiding undone"
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
        NotYoursToUndo: somebody else filed it.
        UndoTooLate: it was filed longer ago than `UNDO_FOR`.
        DocumentChangedMeanwhile: something else has happened to it since.
        ChartRefused, ChartUnknown, ClassHidden: it is not for the actor.
        VaultError: the bytes cannot be kept anew; nothing was changed.
    """
    document = _find(actor, document_id, Action.DOCUMENT_VOIDED)
    _check_own_and_fresh(
        actor, document, document.filed_by_id, document.filed_at, Action.DOCUMENT_VOIDED
    )
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


def undo_move(*, actor: User, document_id: int, move_id: int) -> DocumentMove:
    """Take a document just moved back to the chart and the encounter where it was.

    Raises:
        DocumentUnknown: there is no such document, or no such move of it.
        NotYoursToUndo: somebody else moved it.
        UndoTooLate: it was moved longer ago than `UNDO_FOR`.
        DocumentChangedMeanwhile: something else has happened to it since, or the move undid one.
        FilingRefused: it would not be filed there any more.
        ChartRefused, ChartUnknown, ClassHidden: one of the charts is not for the actor, or it is
            of a class that they do not see.
    """
    action = Action.DOCUMENT_MOVED
    document = _find(actor, document_id, action)
    move = DocumentMove.objects.filter(pk=move_id, document=document).first()
    if move is None:
        raise _unknown(document_id, action)
    if move.is_undoing:
        raise rows.stale(document, action)
    _check_own_and_fresh(actor, document, move.moved_by_id, move.moved_at, action)
    return corrections.move(
        actor=actor,
        document_id=document_id,
        lock_version=move.lock_version,
        to_patient_id=move.from_patient_id,
        to_encounter_id=move.from_encounter_id,
        reason=MOVE_UNDONE,
        is_undoing=True,
    )


def undo_voiding(*, actor: User, document_id: int) -> Document:
    """Take a document just voided back into use.

    Raises:
        DocumentUnknown: there is no such document.
        NotYoursToUndo: somebody else voided it.
        UndoTooLate: it was voided longer ago than `UNDO_FOR`.
        DocumentChangedMeanwhile: it is not voided any more.
        ChartRefused, ChartUnknown, ClassHidden: it is not for the actor.
    """
    action = Action.DOCUMENT_RESTORED
    document = _find(actor, document_id, action)
    if document.voided_by_id is None or document.voided_at is None:
        raise rows.stale(document, action)
    _check_own_and_fresh(actor, document, document.voided_by_id, document.voided_at, action)
    return corrections.restore(
        actor=actor,
        document_id=document_id,
        lock_version=document.lock_version,
        reason=VOIDING_UNDONE,
    )


def _find(actor: User, document_id: int, action: Action) -> Document:
    document = Document.objects.filter(pk=document_id).first()
    if document is None:
        raise _unknown(document_id, action)
    scope = opening.peek_scope(actor=actor, patient_id=document.patient_id)
    scope.check_class(document.sensitivity)
    return document


def _unknown(document_id: int, action: Action) -> DocumentUnknown:
    return DocumentUnknown(action=action, subject_type="document", subject_id=document_id)


def _check_own_and_fresh(
    actor: User, document: Document, by_id: int, at: datetime, action: Action
) -> None:
    """Refuse to undo what somebody else did, by `by_id`, or what was done too long ago, `at`."""
    check_may_undo(
        actor=actor,
        by_id=by_id,
        done_at=at,
        instead=INSTEAD,
        action=action,
        patient_id=document.patient_id,
        subject_type="document",
        subject_id=document.pk,
    )


def _void(actor: User, document: Document) -> None:
    corrections.void(
        actor=actor, document_id=document.pk, lock_version=UNTOUCHED, reason=FILING_UNDONE
    )


def _record(actor: User, row: UnfiledFile, document: Document) -> None:
    events.record(
        action=Action.UNFILED_RETURNED,
        actor=actor,
        subject_type="unfiled",
        subject_id=row.pk,
        detail={"undone_document": document.pk},
    )
