"""Who may work on a request in which status, and for how long the mark of who does holds.

The mark is a courtesy between people: it keeps nobody out. What guards the data is the version.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from requests_release.enums import RequestStatus
from requests_release.errors import NoteTooShort
from requests_release.permissions import APPROVE_REQUEST, PREPARE_REQUEST

_S = RequestStatus
# What else a request goes through is the machine's work, a single step, or over.
WORKED_BY: dict[RequestStatus, str] = {
    _S.LOGGED: PREPARE_REQUEST,
    _S.IN_PREPARATION: PREPARE_REQUEST,
    _S.ON_HOLD: PREPARE_REQUEST,
    _S.RETURNED: PREPARE_REQUEST,
    _S.SUBMITTED: APPROVE_REQUEST,
}
# A name or "ok" tells the former holder nothing.
LEAST_WORDS = 3


def permission_for(status: str) -> str:
    """Return which permission works on a request in `status`; empty where nobody does."""
    return WORKED_BY.get(RequestStatus(status), "")


def stale_at(*, now: datetime, minutes: int) -> datetime:
    """Return the moment up to which a holder must have been heard of for a mark to be stale."""
    return now - timedelta(minutes=minutes)


def is_fresh(heard_at: datetime, *, now: datetime, minutes: int) -> bool:
    """Tell whether a mark still holds, whose holder was last heard of at `heard_at`."""
    return heard_at > stale_at(now=now, minutes=minutes)


def check_note(text: str) -> None:
    """Check that a note on taking over says why, in a few words.

    Raises:
        NoteTooShort: it does not.
    """
    words = [word for word in text.split() if any(letter.isalnum() for letter in word)]
    if len(words) < LEAST_WORDS:
        raise NoteTooShort
