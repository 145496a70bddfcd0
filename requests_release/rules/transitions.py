"""How a release request moves from one status to the next, who may move it, who acts next.

rules 6.1: every step is a row of the trail, and quality is looked at by a second person.
"""

from __future__ import annotations

from dataclasses import dataclass

from audit.enums import Action
from requests_release.enums import Owner, RequestStatus
from requests_release.errors import RequestMoveNotAllowed
from requests_release.permissions import APPROVE_REQUEST, DELIVER_RELEASE, PREPARE_REQUEST

# The machine's own step: no person may ask for it.
SYSTEM = ""


@dataclass(frozen=True)
class Move:
    """One step: its name on a button, who may take it, what the trail calls it.

    `by_second_person` marks what the preparer may not do; `voids_approval` what makes an earlier
    approval void.
    """

    label: str
    permission: str
    action: Action
    needs_reason: bool = False
    by_second_person: bool = False
    voids_approval: bool = False


_S = RequestStatus
_LOG = Move("Log", PREPARE_REQUEST, Action.REQUEST_LOGGED)
_TAKE = Move("Take", PREPARE_REQUEST, Action.REQUEST_ASSIGNED)
_HOLD = Move("Put on hold", PREPARE_REQUEST, Action.REQUEST_HELD, needs_reason=True)
_RESUME = Move("Resume", PREPARE_REQUEST, Action.REQUEST_RESUMED)
_SUBMIT = Move("Submit", PREPARE_REQUEST, Action.REQUEST_SUBMITTED)
_RECALL = Move("Take back", PREPARE_REQUEST, Action.REQUEST_CHANGED)
_RETURN = Move("Return", APPROVE_REQUEST, Action.REQUEST_RETURNED, True, by_second_person=True)
_REWORK = Move("Work on it", PREPARE_REQUEST, Action.REQUEST_ASSIGNED)
_APPROVE = Move("Approve", APPROVE_REQUEST, Action.REQUEST_APPROVED, by_second_person=True)
_DENY = Move("Deny", APPROVE_REQUEST, Action.REQUEST_DENIED, True, by_second_person=True)
_NOTHING = Move(
    "Confirm that there are no records", APPROVE_REQUEST, Action.REQUEST_CHANGED, False, True
)
_VOID = Move(
    "Change it (voids the approval)",
    PREPARE_REQUEST,
    Action.REQUEST_CHANGED,
    needs_reason=True,
    voids_approval=True,
)
_BUILD = Move("Build the package", SYSTEM, Action.REQUEST_CHANGED)
_BUILT = Move("Package built", SYSTEM, Action.PACKAGE_ASSEMBLED)
_FAILED = Move("Package failed", SYSTEM, Action.JOB_FAILED)
_DELIVER = Move("Deliver", DELIVER_RELEASE, Action.REQUEST_FULFILLED)
_CLOSE = Move("Close", PREPARE_REQUEST, Action.REQUEST_CLOSED)
_WITHDRAW = Move("Withdraw", PREPARE_REQUEST, Action.REQUEST_WITHDRAWN, needs_reason=True)

STARTS: dict[RequestStatus, Move] = {_S.LOGGED: _LOG}

MOVES: dict[RequestStatus, dict[RequestStatus, Move]] = {
    _S.LOGGED: {_S.IN_PREPARATION: _TAKE, _S.WITHDRAWN: _WITHDRAW},
    _S.IN_PREPARATION: {_S.SUBMITTED: _SUBMIT, _S.ON_HOLD: _HOLD, _S.WITHDRAWN: _WITHDRAW},
    _S.ON_HOLD: {_S.IN_PREPARATION: _RESUME, _S.WITHDRAWN: _WITHDRAW},
    _S.SUBMITTED: {
        _S.APPROVED: _APPROVE,
        _S.RETURNED: _RETURN,
        _S.DENIED: _DENY,
        _S.NO_RECORDS: _NOTHING,
        _S.IN_PREPARATION: _RECALL,
        _S.WITHDRAWN: _WITHDRAW,
    },
    _S.RETURNED: {_S.IN_PREPARATION: _REWORK, _S.WITHDRAWN: _WITHDRAW},
    _S.APPROVED: {
        _S.PACKAGING: _BUILD,
        _S.IN_PREPARATION: _VOID,
        _S.WITHDRAWN: _WITHDRAW,
    },
    _S.PACKAGING: {_S.READY: _BUILT, _S.APPROVED: _FAILED},
    _S.READY: {_S.DELIVERED: _DELIVER, _S.IN_PREPARATION: _VOID, _S.WITHDRAWN: _WITHDRAW},
    _S.DELIVERED: {_S.CLOSED: _CLOSE},
    _S.DENIED: {_S.CLOSED: _CLOSE},
    _S.NO_RECORDS: {_S.CLOSED: _CLOSE},
    _S.WITHDRAWN: {},
    _S.CLOSED: {},
}

OWNERS: dict[RequestStatus, Owner] = {
    _S.LOGGED: Owner.CLERK,
    _S.IN_PREPARATION: Owner.PREPARER,
    _S.ON_HOLD: Owner.REQUESTER,
    _S.SUBMITTED: Owner.APPROVER,
    _S.RETURNED: Owner.PREPARER,
    _S.APPROVED: Owner.SYSTEM,
    _S.PACKAGING: Owner.SYSTEM,
    _S.READY: Owner.CLERK,
    _S.DELIVERED: Owner.CLERK,
    _S.DENIED: Owner.CLERK,
    _S.NO_RECORDS: Owner.CLERK,
    _S.WITHDRAWN: Owner.NOBODY,
    _S.CLOSED: Owner.NOBODY,
}

OPEN = frozenset(status for status, following in MOVES.items() if following)
# Only here may a request's items, recipient and delivery be changed.
EDITABLE = frozenset({_S.LOGGED, _S.IN_PREPARATION, _S.ON_HOLD, _S.RETURNED})
# The clock of the law has been answered.
ANSWERED = frozenset({_S.DELIVERED, _S.DENIED, _S.NO_RECORDS, _S.WITHDRAWN, _S.CLOSED})


def moves_from(status: str) -> dict[RequestStatus, Move]:
    """Return the statuses that can follow `status`, each with its step."""
    return dict(MOVES[RequestStatus(status)])


def find_move(current: str, target: str) -> Move:
    """Return the step from `current` to `target`.

    Raises:
        RequestMoveNotAllowed: the table has no such step.
    """
    found = MOVES[RequestStatus(current)].get(RequestStatus(target))
    if found is None:
        raise RequestMoveNotAllowed(detail={"from": str(current), "to": str(target)})
    return found


def owner_of(status: str) -> Owner:
    """Return who acts next on a request in `status`."""
    return OWNERS[RequestStatus(status)]
