"""Access requests in words, by state."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from records.access.models import AccessRequest
from records.access.presenters import access_requests as presenter
from records.access.presenters.access_requests import Row

AT = datetime(2026, 11, 30, 15, 4, tzinfo=UTC)
DECIDER = User(pk=2, display_name="Sam Ito")


def made(status="ASKED", **facts):
    values = {
        "pk": 5,
        "status": status,
        "asked_by": User(pk=1, display_name="Stella Moran"),
        "purpose": "LEGAL",
        "asked_at": AT,
        "expires_at": timezone.now() + timedelta(days=1),
    }
    if status in ("GRANTED", "DECLINED"):
        values |= {"decided_by": DECIDER, "decided_at": AT}
    return AccessRequest(**values | facts)


@pytest.mark.parametrize(
    ("status", "days", "state", "is_waiting", "is_in_force"),
    [
        ("ASKED", 1, "Asked", True, False),
        ("ASKED", -1, "Lapsed", False, False),
        ("GRANTED", 1, "Granted", False, True),
        ("GRANTED", -1, "Granted", False, False),
        ("DECLINED", 1, "Declined", False, False),
        ("WITHDRAWN", 1, "Withdrawn", False, False),
        ("LAPSED", -1, "Lapsed", False, False),
    ],
)
def test_state_says_what_can_still_be_done(status, days, state, is_waiting, is_in_force):
    row = Row(made(status, expires_at=timezone.now() + timedelta(days=days)), "A patient")

    assert (row.state, row.is_waiting, row.is_in_force) == (state, is_waiting, is_in_force)
    assert (row.purpose, bool(row.tone), bool(row.icon)) == ("Required by law", True, True)


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("GRANTED", "Sam Ito granted it, Nov 30, 2026, 10:04."),
        ("DECLINED", "Sam Ito declined it, Nov 30, 2026, 10:04."),
        ("WITHDRAWN", "Stella Moran withdrew it."),
        ("LAPSED", "Nobody decided before Dec 7, 2026, or the chart was destroyed."),
    ],
)
def test_end_is_told_in_a_sentence(status, said):
    assert presenter.say_ended(made(status, expires_at=AT + timedelta(days=7))) == said


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("GRANTED", "was granted by Sam Ito."),
        ("DECLINED", "was declined by Sam Ito."),
        ("LAPSED", "lapsed undecided."),
    ],
)
def test_notice_names_no_patient(status, said):
    assert presenter.notice(made(status, reason="Freda O'Connell")) == {
        "id": "access-request-5",
        "title": "Access request",
        "text": f"Your access request of Nov 30, 2026, 10:04 {said}",
    }


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["Ana"], "Ana can decide."),
        (["Ana", "Bo"], "Ana or Bo can decide."),
        (["Ana", "Bo", "Cy"], "Ana, Bo or Cy can decide."),
        (list("ABCDEFG"), "A, B, C, D, E, F or 1 more can decide."),
    ],
)
def test_who_decides_is_named(names, said):
    found = presenter.say_deciders([User(display_name=name) for name in names])

    assert found == f"{said} You are told on every page how it ends."


def test_where_nobody_decides_the_page_says_so():
    assert presenter.say_deciders([]).startswith("Nobody gives rights on this chart just now.")
