"""How a batch is locked, checked against what a person saw, moved on and written down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from accounts.models import User
from audit.enums import Action, Purpose
from audit.services import events
from records.retention.enums import BatchStatus
from records.retention.errors import BatchChanged
from records.retention.models import Batch, BatchStatusChange


@dataclass(frozen=True)
class Seen:
    """The state of the batch on the page from which a person acts."""

    status: str
    digest: str


def lock(batch_id: int) -> Batch:
    """Return the batch, locked: of two people at once the second one sees what the first did."""
    return Batch.objects.select_for_update().get(pk=batch_id)


def check_seen(batch: Batch, seen: Seen) -> None:
    """Check that the batch is still what the person saw when they decided.

    Raises:
        BatchChanged: its status or content is another one now.
    """
    if (batch.status, batch.digest) != (seen.status, seen.digest):
        raise BatchChanged(
            subject_type="batch",
            subject_id=batch.pk,
            detail={"seen": seen.status, "status": str(batch.status)},
        )


def move(actor: User, batch: Batch, target: BatchStatus, reason: str = "", **changes: Any) -> None:
    """Write a step's row of history, then store the new status with what belongs to it.

    The history comes first because the database wants the step before its status.
    """
    note(actor, batch, batch.status, target, reason)
    for name, value in {"status": target, **changes}.items():
        setattr(batch, name, value)
    batch.save(update_fields=["status", *changes])
    batch.refresh_from_db(fields=["round", "digest"])


def note(actor: User, batch: Batch, before: str, after: str, reason: str = "") -> None:
    """Write the row of history of a step."""
    BatchStatusChange.objects.create(
        batch=batch,
        from_status=before,
        to_status=after,
        reason=reason,
        changed_at=timezone.now(),
        changed_by=actor,
    )


def record(
    action: Action, actor: User, batch: Batch, patient_ids: Sequence[int] = (), **detail: Any
) -> None:
    """Write the event of a step."""
    events.record(
        action=action,
        actor=actor,
        subject_type="batch",
        subject_id=batch.pk,
        purpose=Purpose.RETENTION,
        detail={"status": str(batch.status), "items": batch.item_count, **detail},
        patients=patient_ids,
    )
