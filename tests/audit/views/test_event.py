"""One event and what else its request did."""

import pytest

from audit import context
from audit.context import Origin
from audit.enums import Action, Outcome
from audit.services import events
from tests.audit.views.pages import ANA, newest, rows_of, shown_by, text_of

pytestmark = pytest.mark.django_db


def test_event_shows_everything_and_what_else_its_request_did(signed_in, some, clerk, officer):
    from audit.writes import attributing

    with context.acting(ANA), attributing(officer):
        clerk.display_name = "Other"
        clerk.save(update_fields=["display_name"])

    answer = signed_in.get(f"/log/events/{some[1]}/")

    text = text_of(answer)
    for words in (
        "Ana Mills",
        "Role then Clerk",
        "a" * 32,
        "10.0.0.1",
        "Page 2",
        "MUÑOZ, Rosa 45-51-00",
        "accounts_user",
        "display_name",
    ):
        assert words in text, words
    assert rows_of(answer) == 2
    event = newest()
    assert (event.action, event.subject_type, event.subject_id) == (
        Action.LOG_VIEWED,
        "event",
        str(some[1]),
    )
    assert sorted(shown_by(event)) == [5, 6]


def test_refusal_for_want_of_a_right_is_told_in_words(signed_in):
    missing = ["documents.void_document", "access.open_chart"]
    with context.acting(ANA):
        number = events.record(
            action=Action.PAGE_REQUESTED, outcome=Outcome.REFUSED, detail={"missing": missing}
        )

    answer = signed_in.get(f"/log/events/{number}/")

    assert "Missing right documents.void_document, access.open_chart" in text_of(answer)
    facts = dict(answer.context["facts"])
    assert not set("{}[]") & set("".join(facts.values()))


@pytest.mark.parametrize(
    "role, words", [("SYSTEM", "On behalf of Ana Mills"), ("RECIPIENT", "Link made by Ana Mills")]
)
def test_event_names_who_stands_behind_it(signed_in, role, words):
    origin = Origin(None, "Recipient, by link", role, "c" * 32, on_behalf_of_id=7)
    with context.acting(origin):
        number = events.record(action=Action.PACKAGE_DOWNLOADED, patient_id=5)

    assert words in text_of(signed_in.get(f"/log/events/{number}/"))


def test_event_without_patient_is_shown(signed_in, some):
    sign_in = newest(action=Action.SIGNED_IN)

    answer = signed_in.get(f"/log/events/{sign_in.pk}/")

    assert (answer.status_code, shown_by(newest())) == (200, [])


@pytest.mark.parametrize("number", ["999999", "9" * 18])
def test_event_that_is_not_there_is_not_found(signed_in, number):
    assert signed_in.get(f"/log/events/{number}/").status_code == 404
    assert newest().outcome == Outcome.REFUSED


@pytest.mark.parametrize("number", ["0", "9" * 19, "x"])
def test_number_that_is_none_is_not_found(signed_in, number):
    assert signed_in.get(f"/log/events/{number}/").status_code == 404
