"""What the retention room refuses, in words fit for the screen."""

from __future__ import annotations

from audit.errors import NotVisible, Refused, StaleState


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


class RoleMissing(Refused):
    """The person's role does not carry the step."""

    message = "Your role does not allow this step."
    reason = "PERMISSION"


class BatchChanged(StaleState):
    """The form was opened on another state of the batch."""

    message = "This batch has changed since you opened the page. Look at it again."
    reason = "BATCH_CHANGED"


class NotYourProposal(Refused):
    """Only who proposed a batch proposes it again."""

    message = "Only the person who proposed this batch can propose it again."
    reason = "NOT_YOUR_PROPOSAL"


class ChartsNotVisible(Refused):
    """A batch holds charts of units that the person may not open, so they cannot judge it."""

    message = "Some charts of this batch are not in your units, so you cannot judge all of it."
    reason = "CHARTS_NOT_VISIBLE"


class NothingToPropose(Refused):
    """None of the charts chosen may be destroyed."""

    message = "None of the charts you chose can be proposed. The list says why for each."
    reason = "NOTHING_TO_PROPOSE"
    status = 409


class TooManyCharts(Refused):
    """A batch must stay small enough for two people to judge."""

    message = "A batch holds at most 500 charts. Propose the rest in another one."
    reason = "TOO_MANY_CHARTS"
    status = 409


class BatchWaits(Refused):
    """The waiting time after the second approval is not over."""

    message = "The waiting time of this batch is not over yet."
    reason = "BATCH_WAITS"
    status = 409


class HoldLifted(StaleState):
    """The hold was lifted in the meantime."""

    message = "This hold was lifted in the meantime."
    reason = "HOLD_LIFTED"


class HoldOfRequest(Refused):
    """A hold that an open request placed ends with the request."""

    message = "This hold belongs to an open release request and ends when the request is closed."
    reason = "HOLD_OF_REQUEST"
    status = 409


class HoldTooLate(Refused):
    """The chart is destroyed already."""

    message = "The chart is destroyed already. Its stub tells when and under which rule."
    reason = "HOLD_TOO_LATE"
    status = 409


class PatientNotFound(Refused):
    """No patient that the person may know of has this number."""

    message = "No patient that you may see has this record number."
    reason = "PATIENT_NOT_FOUND"
    status = 404


class RuleChanged(StaleState):
    """Another row of the schedule took this one's place in the meantime."""

    message = "This rule was changed in the meantime. Look at it again."
    reason = "RULE_CHANGED"


class RuleRefused(Refused):
    """The change of the schedule contradicts itself."""

    message = "This change of the schedule is not possible."
    reason = "RULE_REFUSED"
    status = 409


class BatchUnknown(NotVisible):
    """There is no such batch."""

    message = "There is no such batch."
    reason = "BATCH_UNKNOWN"


class HoldUnknown(NotVisible):
    """There is no such hold."""

    message = "There is no such hold."
    reason = "HOLD_UNKNOWN"


class RuleUnknown(NotVisible):
    """There is no such row of the schedule."""

    message = "There is no such rule."
    reason = "RULE_UNKNOWN"


class StubUnknown(NotVisible):
    """The chart is not destroyed, or the person may not know of it."""

    message = "There is no stub of this chart."
    reason = "STUB_UNKNOWN"
