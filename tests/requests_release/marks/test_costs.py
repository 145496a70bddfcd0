"""What a mark costs a page."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from requests_release.services import marks
from tests.requests_release import factories
from tests.requests_release.marks.pages import BOARD, NEWS, PREPARING
from tests.requests_release.pages import page

pytestmark = pytest.mark.django_db


def asked_of_marks(client, address, **headers):
    """Return the statements about marks that a page makes, by their first word, and all in all."""
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        client.get(address, headers=headers)
    statements = [one["sql"].split() for one in queries if "requests_release_mark" in one["sql"]]
    return [words[0] for words in statements], len(queries)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        *((name, ["SELECT", "INSERT"]) for name in PREPARING),
        ("request_detail", ["SELECT", "UPDATE"]),
        ("request_submit", ["SELECT", "UPDATE"]),
    ],
)
def test_a_mark_costs_a_page_one_statement(as_clerk, clerk, prepared, name, words):
    """The mark is read along with the request; taking or keeping it is the one that is more."""
    marks.take(actor=clerk, request=prepared)

    assert asked_of_marks(as_clerk, page(name, prepared))[0] == words


def test_the_page_of_the_decision_pays_one_statement_too(as_approver, submitted):
    assert asked_of_marks(as_approver, page("request_approve", submitted))[0] == [
        "SELECT",
        "INSERT",
    ]


def test_pages_without_a_mark_pay_nothing(as_clerk, prepared):
    assert asked_of_marks(as_clerk, page("request_detail", prepared))[0] == ["SELECT"]


@pytest.mark.goal("G-09")
@pytest.mark.parametrize("address", [BOARD, f"{BOARD}?view=list", NEWS])
@pytest.mark.usefixtures("activity_unnoted")
def test_lists_cost_the_same_with_few_and_many_marks(as_clerk, unit, clerk, other, address):
    patient, requester, counts = factories.make_patient(unit), factories.make_requester(), {}
    made = 0
    for wanted in (1, 3, 300):
        while made < wanted:
            made += 1
            marks.take(
                actor=other, request=factories.make_request(patient, clerk, requester=requester)
            )
        words, counts[wanted] = asked_of_marks(as_clerk, address)
        assert words == ["SELECT"]

    assert counts[1] == counts[3] == counts[300]
    assert counts[1] <= 8
