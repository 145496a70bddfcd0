"""What every change of a document does to its rows: lock, check, save, history, event."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from accounts.models import User
from audit.enums import Action
from audit.services import events
from records.access.services import opening
from records.access.services.opening import ChartScope
from records.documents import changes
from records.documents.enums import DocumentStatus
from records.documents.errors import DocumentChangedMeanwhile
from records.documents.models import Document, DocumentStatusChange
from records.documents.rules import transitions


def lock(
    actor: User, document_id: int, lock_version: int, action: Action
) -> tuple[Document, ChartScope]:
    """Lock a document for a change by somebody who saw it at `lock_version`.

    Raises:
        DocumentChangedMeanwhile: it has been changed since.
        ChartRefused, ChartUnknown, ClassHidden: it is not for the actor.
    """
    document = Document.objects.select_for_update().get(pk=document_id)
    scope = opening.peek_scope(actor=actor, patient_id=document.patient_id)
    scope.check_class(document.sensitivity)
    if document.lock_version != lock_version:
        raise stale(document, action)
    return document, scope


def lock_current(
    actor: User, document_id: int, lock_version: int, action: Action
) -> tuple[Document, ChartScope]:
    """Lock a document that is in use, as `lock`.

    Raises:
        DocumentChangedMeanwhile: it has been changed since, or it is voided.
        ChartRefused, ChartUnknown, ClassHidden: it is not for the actor.
    """
    document, scope = lock(actor, document_id, lock_version, action)
    if document.status != DocumentStatus.CURRENT:
        raise stale(document, action)
    return document, scope


def stale(document: Document, action: Action) -> DocumentChangedMeanwhile:
    """Return the refusal of a change to a document that is not as its page showed it."""
    return DocumentChangedMeanwhile(
        patient_id=document.patient_id,
        action=action,
        subject_type="document",
        subject_id=document.pk,
    )


def save(document: Document, fields: list[str]) -> None:
    """Save the fields, make every form that was opened before stale, and tell who listens."""
    document.lock_version += 1
    document.save(update_fields=[*fields, "lock_version"])
    changes.tell(document.pk)


def note(actor: User, document: Document, before: str, after: str, reason: str = "") -> None:
    """Write the history row of a step, which the database wants before the step itself."""
    DocumentStatusChange.objects.create(
        document=document,
        from_status=before,
        to_status=after,
        reason=reason,
        changed_at=timezone.now(),
        changed_by=actor,
    )


def take(actor: User, document: Document, action: Action, reason: str, **values: Any) -> None:
    """Take a locked document a step on: its history row, then `values`.

    Raises:
        DocumentChangedMeanwhile: no step leads there from where it is.
    """
    if not transitions.can_move(document.status, values["status"]):
        raise stale(document, action)
    note(actor, document, document.status, values["status"], reason)
    for name, value in values.items():
        setattr(document, name, value)
    save(document, [*values])


def record(
    actor: User,
    scope: ChartScope,
    document: Document,
    action: Action,
    detail: dict[str, Any] | None = None,
) -> None:
    """Write the event of what was done to a document, in the chart of `scope`."""
    events.record(
        action=action,
        actor=actor,
        patient_id=scope.patient_id,
        basis=scope.basis,
        subject_type="document",
        subject_id=document.pk,
        detail=detail,
    )
