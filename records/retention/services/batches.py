"""Destruction batches: proposed by one, approved by two others, started, and nothing else.

rules 4.6: two distinct approvers, neither the proposer; the batch is frozen by a hash, which both
sign. The database holds every one of these rules too.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from audit.enums import Action
from audit.writes import attributed
from jobs.services import jobs
from records.retention import access
from records.retention.enums import ApprovalStep, BatchStatus, ItemOutcome
from records.retention.errors import BatchMoveNotAllowed
from records.retention.models import Batch, BatchApproval
from records.retention.permissions import APPROVE_SECOND
from records.retention.services import moves
from records.retention.services.moves import Seen

DESTRUCTION = "DESTRUCTION"
BATCH_CANCELLED = "BATCH_CANCELLED"
APPROVED = {
    ApprovalStep.FIRST: BatchStatus.FIRST_APPROVED,
    ApprovalStep.SECOND: BatchStatus.APPROVED,
}


@attributed
def approve(*, actor: User, batch_id: int, seen: Seen) -> Batch:
    """Give the next approval of exactly what the actor has seen.

    Two approvals at once wait for each other here; the second one finds another state.

    Raises:
        BatchMoveNotAllowed: the batch waits for no approval.
        RoleMissing: the actor's role does not give this approval.
        OwnBatch, AlreadyApproved: the actor proposed it, or gave the first approval.
        BatchChanged: it is no longer what the actor saw.
        ChartsNotVisible: the actor cannot see every chart of it.
    """
    batch = moves.lock(batch_id)
    moves.check_seen(batch, seen)
    move = access.check_may_approve(actor, batch)
    now = timezone.now()
    step = move.approval or ApprovalStep.FIRST
    BatchApproval.objects.create(
        batch=batch,
        round=batch.round,
        step=step,
        digest=batch.digest,
        approved_at=now,
        approved_by=actor,
    )
    changes: dict[str, Any] = {"first_approved_at": now, "first_approved_by": actor}
    if step == ApprovalStep.SECOND:
        wait = timedelta(days=settings.DESTRUCTION_WAIT_DAYS)
        changes = {
            "second_approved_at": now,
            "second_approved_by": actor,
            "not_before": timezone.localdate(now) + wait,
        }
    moves.move(actor, batch, APPROVED[step], **changes)
    moves.record(move.action, actor, batch, step=str(step))
    return batch


@attributed
def send_back(*, actor: User, batch_id: int, seen: Seen, reason: str) -> Batch:
    """Return a batch to its proposer; approvals given so far count no longer.

    Raises:
        RoleMissing, BatchMoveNotAllowed, BatchChanged: as `approve`.
    """
    batch = moves.lock(batch_id)
    moves.check_seen(batch, seen)
    move = access.check_may_move(actor, batch, BatchStatus.RETURNED)
    moves.move(actor, batch, BatchStatus.RETURNED, reason, **_no_approvals())
    moves.record(move.action, actor, batch)
    return batch


@attributed
def cancel(*, actor: User, batch_id: int, seen: Seen, reason: str) -> Batch:
    """Give a batch up before it is carried out; its charts can be proposed anew.

    Raises:
        RoleMissing, BatchMoveNotAllowed, BatchChanged: as `approve`.
    """
    batch = moves.lock(batch_id)
    moves.check_seen(batch, seen)
    move = access.check_may_move(actor, batch, BatchStatus.CANCELLED)
    now = timezone.now()
    moves.move(actor, batch, BatchStatus.CANCELLED, reason, closed_at=now)
    batch.items.filter(outcome=ItemOutcome.WAITING).update(
        outcome=ItemOutcome.CHANGED, outcome_reason=BATCH_CANCELLED, decided_at=now
    )
    moves.record(move.action, actor, batch)
    return batch


@attributed
def start(*, actor: User, batch_id: int, seen: Seen) -> Batch:
    """Commit the intent to destroy; from here it only goes forward, by the worker.

    Raises:
        RoleMissing, BatchMoveNotAllowed, BatchChanged, ChartsNotVisible: as `approve`.
        BatchWaits: the waiting time is not over.
    """
    batch = moves.lock(batch_id)
    moves.check_seen(batch, seen)
    now = timezone.now()
    move = access.check_may_start(actor, batch, timezone.localdate(now))
    moves.move(actor, batch, BatchStatus.EXECUTING, started_at=now, started_by=actor)
    moves.record(move.action, actor, batch)
    jobs.enqueue(kind=DESTRUCTION, subject_id=batch_id, actor=actor)
    return batch


@attributed
def resume(*, actor: User, batch_id: int) -> Batch:
    """Let the worker go on with a batch on which it gave up.

    Raises:
        RoleMissing: the actor's role does not start destruction.
        BatchMoveNotAllowed: the batch is not being carried out.
    """
    access.check_permission(
        actor, APPROVE_SECOND, Action.BATCH_STARTED, subject_type="batch", subject_id=batch_id
    )
    batch = moves.lock(batch_id)
    if batch.status != BatchStatus.EXECUTING:
        raise BatchMoveNotAllowed(
            action=Action.BATCH_STARTED, subject_type="batch", subject_id=batch_id
        )
    jobs.enqueue(kind=DESTRUCTION, subject_id=batch_id, actor=actor)
    moves.record(Action.BATCH_STARTED, actor, batch, resumed=True)
    return batch


def _no_approvals() -> dict[str, Any]:
    return dict.fromkeys(
        [
            "first_approved_at",
            "first_approved_by",
            "second_approved_at",
            "second_approved_by",
            "not_before",
        ]
    )
