"""Who works on a request in which status, how long a mark holds, what a note must say."""

from datetime import UTC, datetime, timedelta

import pytest

from requests_release.enums import RequestStatus
from requests_release.errors import NoteTooShort
from requests_release.permissions import APPROVE_REQUEST, PREPARE_REQUEST
from requests_release.rules import marks, transitions

S = RequestStatus
NOW = datetime(2026, 11, 30, 10, 42, tzinfo=UTC)
WORKED_BY = {
    S.LOGGED: PREPARE_REQUEST,
    S.IN_PREPARATION: PREPARE_REQUEST,
    S.ON_HOLD: PREPARE_REQUEST,
    S.SUBMITTED: APPROVE_REQUEST,
    S.RETURNED: PREPARE_REQUEST,
    S.APPROVED: "",
    S.PACKAGING: "",
    S.READY: "",
    S.DELIVERED: "",
    S.DENIED: "",
    S.NO_RECORDS: "",
    S.WITHDRAWN: "",
    S.CLOSED: "",
}


@pytest.mark.parametrize("status", S)
def test_who_works_on_a_request_in_each_status(status):
    assert marks.permission_for(status) == WORKED_BY[status]


def test_whatever_may_be_changed_is_worked_on_by_who_prepares():
    prepared = {status for status in S if marks.permission_for(status) == PREPARE_REQUEST}

    assert prepared == transitions.EDITABLE


@pytest.mark.parametrize(
    ("ago", "minutes", "is_fresh"),
    [
        (timedelta(), 15, True),
        (timedelta(minutes=14, seconds=59), 15, True),
        (timedelta(minutes=15), 15, False),
        (timedelta(minutes=16), 15, False),
        (timedelta(seconds=59), 1, True),
        (timedelta(minutes=1), 1, False),
        (timedelta(seconds=-5), 15, True),
    ],
)
def test_a_mark_is_stale_once_its_holder_was_not_heard_of(ago, minutes, is_fresh):
    assert marks.is_fresh(NOW - ago, now=NOW, minutes=minutes) is is_fresh


@pytest.mark.parametrize(
    ("note", "is_enough"),
    [
        ("Sam is ill", True),
        ("  needed  before   noon ", True),
        ("Frist läuft ab", True),
        ("the 30 days", True),
        ("", False),
        ("ok", False),
        ("taking over", False),
        ("- - - - -", False),
        ("a . b", False),
        ("urgently!!!", False),
    ],
)
def test_a_note_says_why_in_at_least_three_words(note, is_enough):
    if is_enough:
        marks.check_note(note)
        return
    with pytest.raises(NoteTooShort):
        marks.check_note(note)
