"""Who takes which step of a destruction batch, in words for the screen.

A test holds the words to the table of roles.
"""

from __future__ import annotations

from records.retention.enums import BatchStatus
from records.retention.permissions import APPROVE_FIRST, APPROVE_SECOND, PROPOSE_BATCH
from records.retention.rules.transitions import Move

WHO = {
    PROPOSE_BATCH: "a clerk, a supervisor or a compliance officer",
    APPROVE_FIRST: "a supervisor",
    APPROVE_SECOND: "a compliance officer",
}
NEXT_APPROVAL = {
    BatchStatus.PROPOSED: "A supervisor gives the first approval, then a compliance officer the "
    "second.",
    BatchStatus.FIRST_APPROVED: "A compliance officer gives the second approval next.",
}


def not_yours(move: Move) -> str:
    """Say whose step it is, to somebody whose role does not carry it."""
    return f"“{move.label}” is a step of {WHO[move.permission]}; your role does not carry it."


def not_your_approval(status: str, *, gives_second: bool) -> str:
    """Say who approves next, to somebody whose role does not give that approval.

    `gives_second` marks who will be asked once the first approval is given.
    """
    if gives_second and status == BatchStatus.PROPOSED:
        return "A supervisor approves first. Yours is the second approval."
    return f"Your role does not give this approval. {NEXT_APPROVAL[BatchStatus(status)]}"


def own_batch(status: str) -> str:
    """Say who approves next, to who proposed the batch."""
    return f"You proposed this batch, so others approve it. {NEXT_APPROVAL[BatchStatus(status)]}"


def approved_already(status: str) -> str:
    """Say who approves next, to who gave the first approval."""
    return f"You gave the first approval. {NEXT_APPROVAL[BatchStatus(status)]}"
