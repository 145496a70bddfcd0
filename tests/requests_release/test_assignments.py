"""A request given to another person, and taken back: it lies where it lay, and both are told."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from audit.enums import Action
from audit.errors import Refused
from records.access.services import opening
from requests_release.models import RequestAssignment
from requests_release.services import assignments, stages
from tests.requests_release import builders, factories
from tests.requests_release.events import events_of
from tests.requests_release.pages import page

pytestmark = pytest.mark.django_db
MINUTES = timedelta(minutes=5)


def give(request, actor, person):
    return assignments.assign(
        actor=actor,
        request_id=request.pk,
        version=builders.fresh(request).version,
        person=person,
    )


def undo(given, actor):
    return assignments.undo(actor=actor, request_id=given.request_id, assignment_id=given.pk)


def refused(given, actor):
    """Try to undo; return the reason why not, after which nothing has changed."""
    before = builders.fresh(given.request)
    with pytest.raises(Refused) as met:
        undo(given, actor)
    after = builders.fresh(given.request)
    assert (after.prepared_by_id, after.version) == (before.prepared_by_id, before.version)
    return met.value.reason


def undo_url(given):
    return reverse("requests_release:assignment_undo", args=[given.request_id, given.pk])


def lies_with(request):
    found = builders.fresh(request)
    return found.prepared_by, found.assigned_by


def test_undone_it_lies_with_whom_it_lay_and_both_deeds_are_kept(
    prepared, clerk, approver, outsider
):
    before = lies_with(prepared)
    given = give(prepared, approver, outsider)
    assert lies_with(prepared) == (outsider, approver)

    undo(given, approver)

    assert before == lies_with(prepared) == (clerk, None)
    rows = RequestAssignment.objects.order_by("pk")
    assert [(row.person, row.assigned_by, row.is_undoing) for row in rows] == [
        (outsider, approver, False),
        (clerk, approver, True),
    ]
    pair = [event["detail"] for event in events_of(Action.REQUEST_ASSIGNED)][-2:]
    assert pair == [
        {"assignment": rows[0].pk, "undone": False, "person": outsider.pk},
        {"assignment": rows[1].pk, "undone": True, "person": clerk.pk},
    ]


def test_undone_of_a_request_that_nobody_had_it_lies_with_nobody(patient, clerk, approver):
    request = builders.log(patient, clerk)
    given = give(request, approver, clerk)

    undo(given, approver)

    assert lies_with(request) == (None, None)


def test_undone_of_one_given_twice_it_lies_with_the_first_as_given_by_the_same(
    prepared, clerk, approver, outsider
):
    give(prepared, approver, clerk)
    undo(give(prepared, approver, outsider), approver)

    assert lies_with(prepared) == (clerk, approver)


@pytest.mark.goal("G-05")
def test_who_had_it_meanwhile_loses_the_chart_again(prepared, approver, outsider):
    given = give(prepared, approver, outsider)
    opening.peek_scope(actor=outsider, patient_id=prepared.patient_id)

    undo(given, approver)

    with pytest.raises(Refused):
        opening.peek_scope(actor=outsider, patient_id=prepared.patient_id)


def test_who_had_it_meanwhile_never_approves_it(prepared, approver, outsider):
    undo(give(prepared, approver, outsider), approver)

    assert prepared.preparers.filter(person=outsider).exists()


@pytest.mark.parametrize(
    "late, reason", [(timedelta(), None), (timedelta(seconds=1), "UNDO_TOO_LATE")]
)
def test_the_time_to_undo_is_five_minutes(prepared, approver, outsider, late, reason):
    given = give(prepared, approver, outsider)

    with time_machine.travel(given.assigned_at + MINUTES + late, tick=False):
        met = refused(given, approver) if reason else undo(given, approver)

    assert (met if reason else None) == reason
    assert lies_with(prepared)[0] == (outsider if reason else given.person_before)


def test_only_who_gave_it_takes_it_back(prepared, unit, approver, clerk, outsider):
    given = give(prepared, approver, outsider)
    other = factories.make_user("SUPERVISOR", unit=unit)

    assert refused(given, other) == "NOT_YOURS_TO_UNDO"
    assert refused(given, clerk) == "STEP_NOT_YOURS"


def test_what_something_else_has_happened_to_is_not_taken_back(prepared, approver, outsider):
    given = give(prepared, approver, outsider)
    stages.withdraw(
        actor=outsider,
        request_id=prepared.pk,
        version=builders.fresh(prepared).version,
        reason="Not wanted",
    )

    assert refused(given, approver) == "REQUEST_CHANGED"


def test_taking_back_is_not_taken_back_itself(prepared, approver, outsider):
    back = undo(give(prepared, approver, outsider), approver)

    assert refused(back, approver) == "REQUEST_UNKNOWN"


def test_it_is_taken_back_once(prepared, approver, outsider):
    given = give(prepared, approver, outsider)
    undo(given, approver)

    assert refused(given, approver) == "REQUEST_CHANGED"
    assert RequestAssignment.objects.count() == 2


def test_the_line_offers_the_way_back_and_the_story_tells_both(
    as_approver, prepared, clerk, outsider
):
    data = {"version": prepared.version, "person": outsider.pk}
    told = as_approver.post(page("request_assign", prepared), data, follow=True).content.decode()
    given = RequestAssignment.objects.get()

    answer = as_approver.post(undo_url(given), follow=True)

    assert f"Given to {outsider.display_name}." in told
    assert f'action="{undo_url(given)}"' in told
    assert answer.redirect_chain == [(page("request_detail", prepared), 302)]
    body = answer.content.decode()
    assert f"Taken back: the request lies with {clerk.display_name} again." in body
    assert f"gave it to {outsider.display_name}" in body
    assert f"took it back: it lies with {clerk.display_name} again" in body


@pytest.mark.parametrize("role", ["CLERK", "SUPERVISOR", "COMPLIANCE", "PROVIDER", "ADMINISTRATOR"])
def test_nobody_else_takes_it_back_whatever_their_role(
    client, unit, prepared, approver, outsider, role
):
    given = give(prepared, approver, outsider)
    client.force_login(factories.make_user(role, unit=unit))

    assert client.post(undo_url(given)).status_code == 403
    assert lies_with(prepared)[0] == outsider


def test_an_assignment_of_another_request_and_one_that_is_none_are_not_found(
    as_approver, patient, clerk, prepared, approver, outsider
):
    given, other = give(prepared, approver, outsider), builders.log(patient, clerk)
    name = "requests_release:assignment_undo"

    answers = [
        as_approver.post(reverse(name, args=[request_id, key]))
        for request_id, key in ((other.pk, given.pk), (prepared.pk, 0), (999_999, given.pk))
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert as_approver.get(undo_url(given)).status_code == 405
