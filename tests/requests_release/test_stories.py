"""The story of a request: every step said as what somebody did, newest first."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import User
from requests_release.enums import RequestStatus
from requests_release.models import Comment, Request, RequestAssignment, RequestStatusChange
from requests_release.presenters import stories
from requests_release.rules import transitions

ANA, SAM = User(display_name="Ana Mills"), User(display_name="Sam Ito")
AT = datetime(2026, 3, 2, 15, tzinfo=UTC)


def told(before, after):
    change = RequestStatusChange(
        from_status=before, to_status=after, reason="", changed_at=AT, changed_by=ANA
    )
    [entry] = stories.present(Request(), [change], [], [], None)
    return f"{entry['who']} {entry['what']}"


@pytest.mark.parametrize(
    "before, after, text",
    [
        ("", "LOGGED", "Ana Mills logged it"),
        ("LOGGED", "IN_PREPARATION", "Ana Mills took it into work"),
        ("ON_HOLD", "IN_PREPARATION", "Ana Mills resumed it"),
        ("RETURNED", "IN_PREPARATION", "Ana Mills took it into work"),
        ("SUBMITTED", "IN_PREPARATION", "Ana Mills took it back from approval"),
        ("APPROVED", "IN_PREPARATION", "Ana Mills changed it, which voids the approval"),
        ("READY", "IN_PREPARATION", "Ana Mills changed it, which voids the approval"),
        ("SUBMITTED", "APPROVED", "Ana Mills approved it"),
        ("PACKAGING", "APPROVED", "Ana Mills could not build the package"),
        ("DELIVERED", "CLOSED", "Ana Mills closed it"),
    ],
)
def test_a_step_is_said_as_what_was_done(before, after, text):
    assert told(before, after) == text


@pytest.mark.parametrize(
    "before, after, reason, text",
    [
        (
            "PACKAGING",
            "APPROVED",
            "VaultMissing",
            "The bytes of a chosen document are missing from the store.",
        ),
        ("PACKAGING", "APPROVED", "KeyError", "It stopped at an error (KeyError)."),
        ("PACKAGING", "APPROVED", "", ""),
        ("SUBMITTED", "RETURNED", "WORKER_LOST", "WORKER_LOST"),
    ],
)
def test_the_code_of_a_failure_is_said_in_words(before, after, reason, text):
    change = RequestStatusChange(
        from_status=before, to_status=after, reason=reason, changed_at=AT, changed_by=ANA
    )

    [entry] = stories.present(Request(), [change], [], [], None)

    assert entry["text"] == text


def test_every_status_has_words_and_every_exception_is_a_step():
    assert set(stories.DEEDS) == set(RequestStatus)
    assert all(after in transitions.MOVES[before] for before, after in stories.DEEDS_FROM)


def test_only_what_voids_an_approval_says_so():
    voiding = {
        (before, after)
        for before, following in transitions.MOVES.items()
        for after, move in following.items()
        if move.voids_approval
    }

    saying = {pair for pair, text in stories.DEEDS_FROM.items() if "voids" in text}

    assert saying == voiding


@pytest.mark.parametrize(
    "person, is_undoing, text",
    [
        (SAM, False, "gave it to Sam Ito"),
        (SAM, True, "took it back: it lies with Sam Ito again"),
        (None, True, "took it back: it lies with nobody again"),
    ],
)
def test_an_assignment_says_with_whom_it_lies(person, is_undoing, text):
    given = RequestAssignment(person=person, is_undoing=is_undoing, assigned_at=AT, assigned_by=ANA)

    [entry] = stories.present(Request(), [], [given], [], None)

    assert (entry["who"], entry["what"]) == ("Ana Mills", text)


def test_steps_assignments_and_comments_stand_together_newest_first():
    hour = timedelta(hours=1)
    change = RequestStatusChange(
        from_status="", to_status="LOGGED", reason="", changed_at=AT, changed_by=ANA
    )
    given = RequestAssignment(person=SAM, assigned_at=AT + hour, assigned_by=ANA)
    comment = Comment(text="Asked for paper", made_at=AT + 2 * hour, made_by=SAM)

    story = stories.present(Request(), [change], [given], [comment], None)

    assert [entry["what"] for entry in story] == ["commented", "gave it to Sam Ito", "logged it"]
    assert story[0]["text"] == "Asked for paper"
