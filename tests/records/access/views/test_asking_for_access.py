"""The form of an access request: who may ask, for which chart, for how long."""

import pytest

from accounts.roles import Role
from audit.enums import Action, Basis, Outcome
from config.templatetags.chartroom import mrn
from records.access.models import AccessRequest
from records.access.services import charts, glass
from tests.builders import sign_in
from tests.factories.patients import make_patient
from tests.factories.people import again, make_user
from tests.records.access.views.asking_pages import HIDDEN_NAME, OWN, ask_path, facts, in_days
from tests.trail import events_of, shown_in


def test_form_says_whose_chart_it_is_and_who_decides_with_an_event_first(house, patient):
    answer = sign_in(house.stranger).get(ask_path(patient))

    text = answer.content.decode()
    for words in (HIDDEN_NAME, mrn(patient.mrn), "1962", "Main file room", "Sam Ito can decide."):
        assert words in text
    assert "At least 15 characters. Read by whoever decides" in text
    assert answer.context["form"]["expires_on"].value().isoformat() == in_days(7)
    (event,) = events_of(Action.PATIENTS_LISTED)
    assert (event.actor_id, event.basis, shown_in(event)) == (
        house.stranger.pk,
        Basis.DIRECTORY,
        [patient.pk],
    )


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"purpose": ""}, "purpose", "Choose one of the list."),
        ({"purpose": "EMERGENCY"}, "purpose", "Choose one of the list."),
        ({"reason": ""}, "reason", "Fill this in."),
        ({"reason": "too short"}, "reason", "At least 15 characters"),
        ({"reason": "x" * 201}, "reason", "At most 200 characters"),
        ({"expires_on": ""}, "expires_on", "Fill this in."),
        ({"expires_on": in_days(-1)}, "expires_on", "This day has passed."),
        ({"expires_on": in_days(31)}, "expires_on", "At most 30 days from now."),
        ({"expires_on": "never"}, "expires_on", ""),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_lost(
    house, patient, change, field, message
):
    client = sign_in(house.stranger)

    answer = client.post(ask_path(patient), facts(**change))

    form, text = answer.context["form"], answer.content.decode()
    assert (answer.status_code, list(form.errors)) == (422, [field])
    assert message in str(form.errors[field])
    assert f'id="id_{field}_error"' in text
    assert {name: form[name].value() for name in form.fields} == facts(**change)
    assert AccessRequest.objects.count() == 0


@pytest.mark.parametrize("days", [0, 30])
def test_first_and_last_day_are_taken(house, patient, days):
    client = sign_in(house.stranger)

    answer = client.post(ask_path(patient), facts(expires_on=in_days(days)))

    assert (answer.status_code, AccessRequest.objects.count()) == (302, 1)


def test_form_sent_twice_leads_to_the_one_that_waits(house, patient):
    client = sign_in(house.stranger)

    answers = [client.post(ask_path(patient), facts()) for _ in range(2)]
    again_asked = client.get(ask_path(patient), follow=True)

    assert [answer.url for answer in answers] == [OWN, OWN]
    assert AccessRequest.objects.count() == 1
    assert "You have asked for access to this chart already." in again_asked.content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_has_a_ground_is_led_to_the_chart(house, patient, method):
    answer = getattr(sign_in(house.clerk), method)(ask_path(patient), facts())

    assert (answer.status_code, answer.url) == (302, f"/charts/{patient.pk}/")
    assert AccessRequest.objects.count() == 0


def test_reading_in_an_emergency_offers_to_ask_for_more(house, patient):
    glass.break_glass(
        actor=again(house.stranger), patient_id=patient.pk, reason="Brought in unconscious"
    )
    client = sign_in(house.stranger)

    refused = client.get(f"/patients/{patient.pk}/edit/")

    assert refused.status_code == 403
    assert ask_path(patient) in refused.content.decode()
    assert client.post(ask_path(patient), facts()).url == OWN


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.CLERK, 200),
        (Role.SUPERVISOR, 200),
        (Role.COMPLIANCE, 200),
        (Role.PROVIDER, 200),
        (Role.ADMINISTRATOR, 403),
        (None, 403),
    ],
)
def test_whoever_opens_charts_may_ask(house, patient, role, status):
    client = sign_in(make_user(*([role] if role else [])))

    asked, sent = client.get(ask_path(patient)), client.post(ask_path(patient), facts())

    assert (asked.status_code, sent.status_code) == (status, 302 if status == 200 else 403)
    assert AccessRequest.objects.count() == (status == 200)
    assert (HIDDEN_NAME in asked.content.decode()) == (status == 200)


@pytest.mark.goal("G-04")
@pytest.mark.parametrize("method", ["get", "post"])
def test_hidden_and_missing_charts_answer_alike(house, method):
    keeper = make_user(Role.CLERK, unit=house.programme)
    hidden = make_patient(house.programme, actor=keeper, family="Hiddenname")
    client = sign_in(house.stranger)
    client.get("/no/such/page/")  # takes along what signing in had to say
    keys = (hidden.pk, 987654)

    answers = [getattr(client, method)(f"/access/requests/ask/{pk}/", facts()) for pk in keys]

    texts = [
        answer.content.decode().replace(answer.headers["X-Request-ID"], "") for answer in answers
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert "HIDDENNAME" not in texts[0].upper()
    assert len(texts[0]) == len(texts[1])
    refusals = events_of(Action.ACCESS_ASKED, Action.REFUSED)
    assert [(one.outcome, one.patient_id) for one in refusals] == [
        (Outcome.REFUSED, pk) for pk in keys
    ]
    assert AccessRequest.objects.count() == 0


def test_destroyed_chart_offers_nothing_to_ask_for(house, patient):
    charts.mark_destroyed(actor=house.compliance, chart_id=patient.pk)
    client = sign_in(house.stranger)

    refused, asked = client.get(f"/charts/{patient.pk}/"), client.get(ask_path(patient))

    assert ask_path(patient) not in refused.content.decode()
    assert asked.status_code == 403
    assert events_of(Action.ACCESS_ASKED)[-1].detail == {"reason": "CHART_DESTROYED"}


def test_where_nobody_decides_the_page_says_so(house):
    keeper = make_user(Role.CLERK, unit=house.behavioural)
    patient = make_patient(house.behavioural, actor=keeper)

    text = sign_in(house.stranger).get(ask_path(patient)).content.decode()

    assert "Nobody gives rights on this chart just now." in text
