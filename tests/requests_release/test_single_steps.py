"""Steps that ask first, assignment and comments."""

import pytest

from audit.enums import Action
from requests_release.services import assignments
from tests.requests_release import builders
from tests.requests_release.events import last_event
from tests.requests_release.pages import page

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "step", ["take", "hold", "withdraw", "reopen", "close", "rebuild", "recall", "revoke"]
)
def test_every_step_asks_first(as_clerk, prepared, step):
    response = as_clerk.get(page("request_step", prepared, step=step))

    assert response.status_code == 200
    assert "csrfmiddlewaretoken" in response.content.decode()


def test_an_unknown_step_is_not_found(as_clerk, prepared):
    assert as_clerk.get(page("request_step", prepared, step="destroy")).status_code == 404


def test_putting_on_hold_and_withdrawing(as_clerk, prepared):
    as_clerk.post(
        page("request_step", prepared, step="hold"),
        {"version": prepared.version, "wait_reason": "CLARIFICATION", "note": "Asked by phone"},
    )
    held = builders.fresh(prepared)
    as_clerk.post(
        page("request_step", prepared, step="withdraw"),
        {"version": held.version, "reason": "No longer wanted"},
    )

    assert held.status == "ON_HOLD"
    assert builders.fresh(prepared).status == "WITHDRAWN"


def test_giving_a_request_to_somebody_else(as_approver, unit, outsider, prepared):
    data = {"version": prepared.version, "person": outsider.pk}

    response = as_approver.post(page("request_assign", prepared), data)

    assert response.status_code == 302
    assert builders.fresh(prepared).prepared_by_id == outsider.pk


def test_the_person_it_was_given_to_opens_the_chart_by_that_work(
    client, approver, outsider, prepared
):
    assignments.assign(
        actor=approver, request_id=prepared.pk, version=prepared.version, person=outsider
    )
    client.force_login(outsider)

    response = client.get(page("request_detail", prepared))

    assert response.status_code == 200
    assert last_event(Action.REQUEST_VIEWED)["basis"] == "WORK"


def test_a_comment_stands_in_the_timeline(as_clerk, prepared):
    response = as_clerk.post(
        page("request_comment", prepared), {"text": "Caller asked for paper"}, follow=True
    )

    assert "Caller asked for paper" in response.content.decode()
