"""What the retention room refuses, in words fit for the screen."""

from __future__ import annotations

from audit.errors import Refused, StaleState


class BatchMoveNotAllowed(StaleState):
    """The batch's status does not allow the step."""

    message = "The batch's status does not allow this step. Look at it again."
    reason = "BATCH_MOVE_NOT_ALLOWED"


class OwnBatch(Refused):
    """Whoever proposed a batch does not approve it."""

    message = "You proposed this batch. Two other people must approve it."
    reason = "OWN_BATCH"


class AlreadyApproved(Refused):
    """The two approvals come from two people."""

    message = "You gave the first approval. Another person must give the second."
    reason = "ALREADY_APPROVED"
