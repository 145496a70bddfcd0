"""Letting one person into one chart, by a supervisor who may open it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from accounts.services import users
from audit.enums import Action, Outcome
from config.templatetags.chartroom import mrn
from records.access.models import ChartUserPermission
from tests.builders import sign_in, sign_in_freshly
from tests.factories.people import make_user
from tests.trail import events_of


def path_of(patient, what=""):
    return f"/access/charts/{patient.pk}/{what}"


def facts(person, **changes):
    until = timezone.localdate() + timedelta(days=7)
    values = {"user": person.pk, "reason": "Answers the complaint", "expires_on": until.isoformat()}
    return values | changes


def test_supervisor_lets_a_person_in_and_out_again(house, patient):
    client, theirs = sign_in_freshly(house.supervisor), sign_in(house.stranger)
    chart = f"/charts/{patient.pk}/"
    before = theirs.get(chart).status_code

    given = client.post(path_of(patient), facts(house.stranger))
    between = theirs.get(chart).status_code
    shown = client.get(path_of(patient)).content.decode()
    taken = client.post(path_of(patient, "revoke/"), {"user": house.stranger.pk})

    assert (before, between, theirs.get(chart).status_code) == (403, 200, 403)
    assert given.url == taken.url == path_of(patient)
    assert "Answers the complaint" in shown
    assert "O&#x27;CONNELL, Freda" in shown
    assert ChartUserPermission.objects.count() == 0


def test_number_and_day_are_written_as_on_other_pages(house, patient):
    client = sign_in_freshly(house.supervisor)
    until = timezone.localdate() + timedelta(days=7)

    shown = client.get(path_of(patient)).content.decode()
    given = client.post(path_of(patient), facts(house.stranger, expires_on=f"{until:%m/%d/%Y}"))

    assert f'<span class="nowrap">{mrn(patient.mrn)}</span>' in shown
    assert patient.mrn not in shown
    assert 'placeholder="MM/DD/YYYY"' in shown
    assert 'type="date"' not in shown
    assert given.url == path_of(patient)


def test_looking_is_an_event_and_needs_no_fresh_proof(house, patient):
    client = sign_in(house.supervisor)

    looked, sent = client.get(path_of(patient)), client.post(path_of(patient), facts(house.clerk))

    assert looked.status_code == 200
    assert "Nobody yet" in looked.content.decode()
    assert sent.url.startswith("/sign-in/reauthenticate/")
    (event,) = events_of(Action.CHART_OPENED)
    assert (event.patient_id, event.basis) == (patient.pk, "UNIT")
    assert ChartUserPermission.objects.count() == 0


@pytest.mark.parametrize(
    "change, field",
    [
        ({"reason": ""}, "reason"),
        ({"user": "987654"}, "user"),
        ({"expires_on": ""}, "expires_on"),
        ({"expires_on": "2020-01-01"}, "expires_on"),
    ],
)
def test_grant_needs_person_reason_and_end(house, patient, change, field):
    client = sign_in_freshly(house.supervisor)

    answer = client.post(path_of(patient), facts(house.stranger, **change))

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert ChartUserPermission.objects.count() == 0


def test_only_active_people_whose_role_opens_charts_are_offered(house, patient):
    closed = make_user(Role.CLERK)
    users.disable(actor=house.administrator, user_id=closed.pk)
    make_user()

    page = sign_in(house.supervisor).get(path_of(patient))

    offered = set(page.context["form"].fields["user"].queryset)
    people = set(User.objects.filter(is_active=True))
    assert offered == {person for person in people if person.has_perm("access.open_chart")}
    assert not {closed, house.administrator} & offered
    assert house.stranger in offered


@pytest.mark.parametrize("who", ["administrator", "no role", "closed"])
def test_choice_of_somebody_who_opens_no_chart_is_refused_beside_the_field(house, patient, who):
    person = {
        "administrator": lambda: house.administrator,
        "no role": make_user,
        "closed": lambda: users.disable(
            actor=house.administrator, user_id=make_user(Role.CLERK).pk
        ),
    }[who]()

    answer = sign_in_freshly(house.supervisor).post(path_of(patient), facts(person))

    text = answer.content.decode()
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["user"])
    assert "This person cannot open charts" in text
    assert "may open this chart now" not in text
    assert 'value="Answers the complaint"' in text
    assert ChartUserPermission.objects.count() == 0


@pytest.mark.parametrize("role", [role for role in Role if role != Role.SUPERVISOR])
@pytest.mark.parametrize("what", ["", "revoke/"])
def test_other_roles_let_nobody_in(house, patient, role, what):
    client = sign_in_freshly(make_user(role, unit=house.main))

    answer = client.post(path_of(patient, what), facts(house.stranger))

    assert answer.status_code == 403
    assert ChartUserPermission.objects.count() == 0
    assert [event.outcome for event in events_of(Action.PAGE_REQUESTED)] == [Outcome.REFUSED]


@pytest.mark.parametrize("what", ["", "revoke/"])
def test_supervisor_without_a_ground_lets_nobody_in(house, patient, what):
    client = sign_in_freshly(make_user(Role.SUPERVISOR))

    answer = client.post(path_of(patient, what), facts(house.stranger))

    assert answer.status_code == 403
    assert "O&#x27;CONNELL" not in answer.content.decode()
    assert ChartUserPermission.objects.count() == 0


def test_nobody_lets_themselves_in(house, patient):
    client = sign_in_freshly(house.supervisor)

    answer = client.post(path_of(patient), facts(house.supervisor))

    assert answer.status_code == 403
    assert ChartUserPermission.objects.count() == 0


def test_revoke_that_names_nobody_is_a_bad_request(house, patient):
    client = sign_in_freshly(house.supervisor)

    assert client.post(path_of(patient, "revoke/"), {}).status_code == 400
    assert client.get(path_of(patient, "revoke/")).status_code == 405
