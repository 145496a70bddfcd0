"""What the pages say of who is told."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import User
from audit import subjects
from audit.enums import Action, Outcome
from audit.selectors.events import EventRow
from records.access.presenters.glass import Deed, present_deeds, say_told
from records.access.selectors.told import Told


def people(*names):
    return tuple(User(display_name=name) for name in names)


@pytest.mark.parametrize(
    "supervisors, compliance, text",
    [
        (
            ["Sam Ito"],
            ["Cora Hale"],
            "Told at once: Sam Ito (supervisor) and Cora Hale (compliance).",
        ),
        (["Sam Ito"], [], "Told at once: Sam Ito (supervisor)."),
        (
            [],
            ["Cora Hale"],
            "No supervisor works with the charts of Behavioural health, so compliance alone is"
            " told at once: Cora Hale.",
        ),
        (
            [],
            [],
            "No supervisor works with the charts of Behavioural health and nobody else reviews"
            " emergency access, so nobody can be told at once.",
        ),
        (
            ["A", "B", "C", "D", "E"],
            ["F", "G", "H"],
            "Told at once: A (supervisor), B (supervisor), C (supervisor), D (supervisor),"
            " E (supervisor), F (compliance) and 2 more.",
        ),
    ],
)
def test_page_says_truly_who_is_told(supervisors, compliance, text):
    told = Told("Behavioural health", people(*supervisors), people(*compliance))

    assert say_told(told) == text


AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
EVENT = EventRow(
    id=1,
    occurred_at=AT,
    actor_id=7,
    actor_name="Stella Moran",
    on_behalf_of_id=None,
    role="CLERK",
    action=Action.DOCUMENT_PAGE_VIEWED,
    purpose="",
    basis="",
    patient_id=9,
    subject_type="paper",
    subject_id="3",
    outcome=Outcome.SUCCESS,
    request_id="",
    session_digest="",
    client_address=None,
    detail="{}",
    shown_count=0,
)


def event(minute, **facts):
    return replace(EVENT, occurred_at=AT + timedelta(minutes=minute), **facts)


@pytest.fixture
def asked(monkeypatch):
    """Ids that the room of the subjects was asked for, call by call."""
    calls = []

    def label(ids):
        calls.append(list(ids))
        return {pk: f"paper no. {pk}" for pk in ids}

    monkeypatch.setattr(subjects, "_registry", {})
    subjects.register("paper", label)
    return calls


def test_acts_alike_are_one_line_at_the_time_of_the_first(asked):
    done = [
        event(0, action=Action.GLASS_BROKEN, subject_type="glass", subject_id="1"),
        event(1, action=Action.PATIENTS_LISTED, patient_id=None, subject_type="", subject_id=""),
        event(1, action=Action.CHART_OPENED, subject_type="", subject_id=""),
        event(2),
        event(3, subject_id="4"),
        event(4),
        event(5, outcome=Outcome.REFUSED),
        event(6, action="GONE_BY_NOW", subject_type="thing", subject_id="5"),
        event(7, action=Action.GLASS_CLOSED, subject_type="glass", subject_id="1"),
    ]

    deeds = present_deeds(done)

    assert deeds == [
        Deed(AT + timedelta(minutes=1), "Patients listed", "a list", False, 1),
        Deed(AT + timedelta(minutes=1), "Chart opened", "the chart", False, 1),
        Deed(AT + timedelta(minutes=2), "Page viewed", "paper no. 3", False, 2),
        Deed(AT + timedelta(minutes=3), "Page viewed", "paper no. 4", False, 1),
        Deed(AT + timedelta(minutes=5), "Page viewed", "paper no. 3", True, 1),
        Deed(AT + timedelta(minutes=6), "GONE_BY_NOW", "thing 5", False, 1),
    ]
    assert asked == [["3", "4"]]


def test_glass_behind_which_nothing_was_opened_has_no_lines(asked):
    assert present_deeds([event(0, action=Action.GLASS_BROKEN)]) == []
    assert asked == []
