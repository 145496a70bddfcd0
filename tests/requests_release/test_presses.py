"""What one press on the request's page does, and what stands there of a return."""

import pytest

from requests_release.models import Mark
from requests_release.services import approvals, stages
from tests.requests_release import builders, factories
from tests.requests_release.pages import page

pytestmark = pytest.mark.django_db
RETURNED = "Returned by Sam Ito"
WORDS = "Page 2 is of somebody else"


@pytest.fixture
def returned(submitted, approver):
    return approvals.give_back(
        actor=approver, request_id=submitted.pk, version=submitted.version, comment=WORDS
    )


def pressed(client, request, **data):
    """Press the button of the request's page that takes it into work."""
    shown = client.get(page("request_detail", request)).content.decode()
    take = page("request_step", request, step="take")
    assert f'<form class="press" method="post" action="{take}">' in shown
    return client.post(take, {"version": request.version} | data, follow=True)


def test_one_press_takes_a_request_and_the_mark_with_it(as_clerk, patient, clerk):
    request = builders.log(patient, clerk)

    body = pressed(as_clerk, request).content.decode()

    assert builders.fresh(request).status == "IN_PREPARATION"
    assert Mark.objects.get(request=request).person_id == clerk.pk
    assert "You have taken this request into work." in body
    assert "You have been working on this since" in body
    assert "Nobody is working on this now" not in body


def test_a_press_that_came_too_late_changes_nothing_and_says_so(as_clerk, patient, clerk, unit):
    request = builders.log(patient, clerk)
    other = factories.make_user("CLERK", unit=unit, display_name="Quick One")
    stale = request.version
    builders.take(request, other)

    answer = as_clerk.post(page("request_step", request, step="take"), {"version": stale})

    assert answer.status_code == 409
    assert builders.fresh(request).prepared_by_id == other.pk
    assert Mark.objects.count() == 0


def test_a_submission_is_taken_back_on_a_page_that_says_so(as_clerk, submitted):
    take = page("request_step", submitted, step="take")

    body = as_clerk.get(page("request_detail", submitted)).content.decode()

    assert f'href="{take}"' in body
    assert f'action="{take}"' not in body


@pytest.mark.parametrize("step", ["returned", "in work again"])
def test_why_it_was_returned_stands_where_it_is_mended(as_clerk, clerk, returned, step):
    if step == "in work again":
        builders.take(returned, clerk)

    for name in ("request_detail", "request_items"):
        body = as_clerk.get(page(name, returned)).content.decode()
        assert RETURNED in body
        assert WORDS in body.partition('id="timeline"')[0]


def test_of_several_returns_the_last_one_is_told(as_clerk, clerk, approver, returned):
    builders.take(returned, clerk)
    again = builders.submit(returned, clerk)
    approvals.give_back(
        actor=approver, request_id=again.pk, version=again.version, comment="The date is wrong"
    )

    answer = as_clerk.get(page("request_items", returned))

    assert answer.context["returned"].reason == "The date is wrong"


def test_once_submitted_again_a_return_is_history(as_clerk, clerk, returned):
    builders.take(returned, clerk)
    again = builders.submit(returned, clerk)

    submitted = as_clerk.get(page("request_detail", returned)).context["returned"]
    stages.take(actor=clerk, request_id=again.pk, version=again.version)
    taken_back = as_clerk.get(page("request_items", returned)).context["returned"]

    assert (submitted, taken_back) == (None, None)
