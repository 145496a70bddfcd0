"""How an access request moves from one status to the next, and who may move it.

Minimum necessary, 45 CFR 164.308(a)(4)(ii)(B) and 164.514(d)(2): access is authorized by somebody
who answers for the records, never by who asks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from audit.enums import Action
from records.access.enums import AccessRequestStatus
from records.access.errors import AccessRequestClosed, AccessRequestOver, OwnAccessRequest
from records.access.permissions import GRANT_CHART, OPEN_CHART

# The machine's own step: no person may ask for it.
SYSTEM = ""


@dataclass(frozen=True)
class Move:
    """One step: its name on a button, who may take it, what the trail calls it."""

    label: str
    permission: str
    action: Action


_ASK = Move("Ask for access", OPEN_CHART, Action.ACCESS_ASKED)
_GRANT = Move("Grant", GRANT_CHART, Action.ACCESS_GRANTED)
_DECLINE = Move("Decline", GRANT_CHART, Action.ACCESS_DECLINED)
_WITHDRAW = Move("Withdraw", OPEN_CHART, Action.ACCESS_WITHDRAWN)
_LAPSE = Move("Lapse", SYSTEM, Action.ACCESS_LAPSED)

STARTS: dict[AccessRequestStatus, Move] = {AccessRequestStatus.ASKED: _ASK}

MOVES: dict[AccessRequestStatus, dict[AccessRequestStatus, Move]] = {
    AccessRequestStatus.ASKED: {
        AccessRequestStatus.GRANTED: _GRANT,
        AccessRequestStatus.DECLINED: _DECLINE,
        AccessRequestStatus.WITHDRAWN: _WITHDRAW,
        AccessRequestStatus.LAPSED: _LAPSE,
    },
    AccessRequestStatus.GRANTED: {},
    AccessRequestStatus.DECLINED: {},
    AccessRequestStatus.WITHDRAWN: {},
    AccessRequestStatus.LAPSED: {},
}

DECIDED = (AccessRequestStatus.GRANTED, AccessRequestStatus.DECLINED)


def find_move(current: str, target: str, **facts: Any) -> Move:
    """Return the step from `current` to `target`; `facts` say of which access request.

    Raises:
        AccessRequestClosed: the table has no such step: it is decided, withdrawn or lapsed.
    """
    found = MOVES[AccessRequestStatus(current)].get(AccessRequestStatus(target))
    if found is None:
        raise AccessRequestClosed(
            action=action_of(target), detail={"from": str(current), "to": str(target)}, **facts
        )
    return found


def check_decision(
    *,
    asker: int,
    person: int,
    status: str,
    target: str,
    expires_at: datetime,
    now: datetime,
    **facts: Any,
) -> None:
    """Check that `person` may decide now: never one's own, each once, and in its time.

    Raises:
        OwnAccessRequest: the person asked for it.
        AccessRequestClosed: somebody was faster, or it was withdrawn or lapsed.
        AccessRequestOver: the time that was asked for has passed.
    """
    if asker == person:
        raise OwnAccessRequest(action=action_of(target), **facts)
    find_move(status, target, **facts)
    if expires_at <= now:
        raise AccessRequestOver(action=action_of(target), **facts)


def action_of(target: str) -> Action:
    """Return what the trail calls the step to `target`."""
    steps = STARTS | MOVES[AccessRequestStatus.ASKED]
    return steps[AccessRequestStatus(target)].action
