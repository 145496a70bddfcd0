"""How a destruction batch moves from one status to the next, and who may move it.

rules 4.6: two distinct approvers, neither the proposer; holds are looked at again on execution.
"""

from __future__ import annotations

from dataclasses import dataclass

from audit.enums import Action
from records.retention.enums import ApprovalStep, BatchStatus
from records.retention.errors import AlreadyApproved, BatchMoveNotAllowed, OwnBatch
from records.retention.permissions import APPROVE_FIRST, APPROVE_SECOND, PROPOSE_BATCH

# The machine's own step: no person may ask for it.
SYSTEM = ""


@dataclass(frozen=True)
class Move:
    """One step: its name on a button, who may take it, what the trail calls it."""

    label: str
    permission: str
    action: Action
    needs_reason: bool = False
    approval: ApprovalStep | None = None


_PROPOSE = Move("Propose", PROPOSE_BATCH, Action.BATCH_PROPOSED)
_FIRST = Move("Approve", APPROVE_FIRST, Action.BATCH_APPROVED, approval=ApprovalStep.FIRST)
_SECOND = Move("Approve", APPROVE_SECOND, Action.BATCH_APPROVED, approval=ApprovalStep.SECOND)
_RETURN_FIRST = Move("Return", APPROVE_FIRST, Action.BATCH_RETURNED, needs_reason=True)
_RETURN_SECOND = Move("Return", APPROVE_SECOND, Action.BATCH_RETURNED, needs_reason=True)
_CANCEL = Move("Cancel", PROPOSE_BATCH, Action.BATCH_CANCELLED, needs_reason=True)
_STOP = Move("Cancel", APPROVE_SECOND, Action.BATCH_CANCELLED, needs_reason=True)
_START = Move("Destroy", APPROVE_SECOND, Action.BATCH_STARTED)
_FINISH = Move("Finish", SYSTEM, Action.BATCH_EXECUTED)

STARTS: dict[BatchStatus, Move] = {BatchStatus.PROPOSED: _PROPOSE}

MOVES: dict[BatchStatus, dict[BatchStatus, Move]] = {
    BatchStatus.PROPOSED: {
        BatchStatus.FIRST_APPROVED: _FIRST,
        BatchStatus.RETURNED: _RETURN_FIRST,
        BatchStatus.CANCELLED: _CANCEL,
    },
    BatchStatus.FIRST_APPROVED: {
        BatchStatus.APPROVED: _SECOND,
        BatchStatus.RETURNED: _RETURN_SECOND,
        BatchStatus.CANCELLED: _CANCEL,
    },
    BatchStatus.RETURNED: {
        BatchStatus.PROPOSED: _PROPOSE,
        BatchStatus.CANCELLED: _CANCEL,
    },
    BatchStatus.APPROVED: {
        BatchStatus.EXECUTING: _START,
        BatchStatus.RETURNED: _RETURN_SECOND,
        BatchStatus.CANCELLED: _STOP,
    },
    BatchStatus.EXECUTING: {BatchStatus.DONE: _FINISH},
    BatchStatus.DONE: {},
    BatchStatus.CANCELLED: {},
}

OPEN = frozenset(status for status, following in MOVES.items() if following)


def moves_from(status: str) -> dict[BatchStatus, Move]:
    """Return the statuses that can follow `status`, each with its step."""
    return dict(MOVES[BatchStatus(status)])


def find_move(current: str, target: str) -> Move:
    """Return the step from `current` to `target`.

    Raises:
        BatchMoveNotAllowed: the table has no such step.
    """
    found = MOVES[BatchStatus(current)].get(BatchStatus(target))
    if found is None:
        raise BatchMoveNotAllowed(detail={"from": str(current), "to": str(target)})
    return found


def check_may_approve(*, proposer: int, first_approver: int | None, person: int) -> None:
    """Check that `person` may give the next approval: two people, neither of whom proposed.

    Raises:
        OwnBatch: the person proposed the batch.
        AlreadyApproved: the person gave the first approval.
    """
    if person == proposer:
        raise OwnBatch
    if first_approver is not None and person == first_approver:
        raise AlreadyApproved
