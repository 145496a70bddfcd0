"""No step on rights or the glass asks for a fresh sign-in that the step would then refuse."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from audit.enums import Action, Outcome
from records.access.enums import UnitRight
from records.access.forms.units import end_of_day
from records.access.models import (
    BrokenGlass,
    ChartUserPermission,
    CustodyUnit,
    UnitGroupPermission,
    UnitUserPermission,
)
from records.access.selectors import units as selectors
from records.access.services import glass, rights, units
from tests.builders import sign_in, sign_in_freshly
from tests.factories.patients import make_patient
from tests.factories.people import PASSWORD, make_user
from tests.records.access.services.emergencies import REASON, broken_ago
from tests.trail import events_of

PROOF = "/sign-in/reauthenticate/"
CHART = "/charts/{}/"
TRIED = (Action.GLASS_BROKEN, Action.CHART_OPENED)
BROWSERS = {"stale": sign_in, "fresh": sign_in_freshly}


def until(days=7):
    return timezone.localdate() + timedelta(days=days)


def grants():
    models = (UnitUserPermission, UnitGroupPermission, ChartUserPermission)
    return [list(model.objects.order_by("pk").values()) for model in models]


# --- the glass


def glass_of(patient):
    return f"/access/glass/break/{patient.pk}/"


def in_ones_unit(house, patient):
    return house.clerk


def by_grant(house, patient):
    rights.grant_chart(
        actor=house.supervisor, chart_id=patient.pk, user=house.stranger, reason="Audit"
    )
    return house.stranger


def by_glass(house, patient):
    glass.break_glass(actor=house.stranger, patient_id=patient.pk, reason=REASON)
    return house.stranger


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("browser", BROWSERS)
@pytest.mark.parametrize("ground", [in_ones_unit, by_grant, by_glass])
def test_who_has_a_ground_goes_to_the_chart_without_a_proof(
    house, patient, ground, browser, method
):
    client = BROWSERS[browser](ground(house, patient))
    before = BrokenGlass.objects.count()

    answer = getattr(client, method)(glass_of(patient), {"reason": REASON})

    assert (answer.status_code, answer.url) == (302, CHART.format(patient.pk))
    assert BrokenGlass.objects.count() == before


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("browser", BROWSERS)
def test_who_waits_for_a_review_hears_it_before_the_proof(house, patient, browser, method):
    broken_ago(house.stranger, make_patient(house.main, actor=house.clerk), hours=24 * 30)
    client = BROWSERS[browser](house.stranger)

    answer = getattr(client, method)(glass_of(patient), {"reason": REASON})

    assert answer.status_code == 403
    assert answer.context["refusal"].reason == "GLASS_REVIEW_OVERDUE"
    assert "CONNELL" not in answer.content.decode()
    (event,) = [one for one in events_of(Action.GLASS_BROKEN) if one.outcome == Outcome.REFUSED]
    assert (event.actor_id, event.patient_id) == (house.stranger.pk, patient.pk)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("browser", BROWSERS)
def test_a_chart_that_one_may_not_know_of_is_not_found_before_the_proof(house, browser, method):
    keeper = make_user(Role.SUPERVISOR, unit=house.programme)
    hidden = make_patient(house.programme, actor=keeper, family="Wyman")
    client = BROWSERS[browser](house.stranger)

    answers = [
        getattr(client, method)(f"/access/glass/break/{key}/", {"reason": REASON})
        for key in (hidden.pk, 987654)
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert "WYMAN" not in answers[0].content.decode().upper()
    refused = [(one.actor_id, one.outcome, one.patient_id) for one in events_of(*TRIED)]
    assert (house.stranger.pk, Outcome.REFUSED, hidden.pk) in refused
    assert BrokenGlass.objects.count() == 0


def test_a_ground_that_came_between_form_and_proof_needs_no_glass(house, patient):
    client = sign_in(house.stranger)
    asked = client.post(glass_of(patient), {"reason": REASON})
    by_grant(house, patient)

    done = client.post(asked.url, {"password": PASSWORD, "next": glass_of(patient)})

    assert asked.url.partition("?")[0] == PROOF
    assert (done.status_code, done.url) == (302, CHART.format(patient.pk))
    assert BrokenGlass.objects.count() == 0


# --- rights on one chart


def rights_of(patient, what=""):
    return f"/access/charts/{patient.pk}/{what}"


def form_for(person, *, days=7, **changes):
    values = {"user": person.pk, "reason": "Audit", "expires_on": until(days).isoformat()}
    return values | changes


def let_in(house, patient, **facts):
    values = {"reason": "Audit", "expires_at": end_of_day(until())}
    return rights.grant_chart(
        actor=house.supervisor, chart_id=patient.pk, user=house.stranger, **values | facts
    )


@pytest.mark.parametrize("browser", BROWSERS)
@pytest.mark.parametrize(
    "held, changes, is_new",
    [
        (None, {}, True),
        ({}, {}, False),
        ({"reason": "Complaint"}, {}, True),
        ({}, {"days": 8}, True),
        ({"expires_at": None}, {}, True),
    ],
)
def test_the_very_right_that_stands_is_not_given_again(
    house, patient, browser, held, changes, is_new
):
    if held is not None:
        let_in(house, patient, **held)
    client = BROWSERS[browser](house.supervisor)
    before, given = grants(), len(events_of(Action.RIGHT_GRANTED))

    answer = client.post(rights_of(patient), form_for(house.stranger, **changes))

    if is_new and browser == "stale":
        assert answer.url.partition("?")[0] == PROOF
        assert grants() == before
        return
    assert (answer.status_code, answer.url) == (302, rights_of(patient))
    assert (grants() != before) is is_new
    assert len(events_of(Action.RIGHT_GRANTED)) == given + is_new
    said = "Stella Moran has this right already: nothing was changed."
    assert (said in client.get(answer.url).content.decode()) is not is_new


@pytest.mark.parametrize("browser", BROWSERS)
@pytest.mark.parametrize("has_right", [True, False])
def test_a_right_that_is_gone_is_not_taken_again(house, patient, browser, has_right):
    if has_right:
        let_in(house, patient)
    client = BROWSERS[browser](house.supervisor)

    answer = client.post(rights_of(patient, "revoke/"), {"user": house.stranger.pk})

    if has_right:
        expected = PROOF if browser == "stale" else rights_of(patient)
        assert answer.url.partition("?")[0] == expected
        return
    assert (answer.status_code, answer.url) == (302, rights_of(patient))
    said = "Stella Moran has no right on this chart any more."
    assert said in client.get(answer.url).content.decode()
    assert events_of(Action.RIGHT_REVOKED) == []


@pytest.mark.parametrize("browser", BROWSERS)
def test_a_form_that_is_not_complete_comes_back_before_the_proof(house, patient, browser):
    client = BROWSERS[browser](house.supervisor)

    answer = client.post(rights_of(patient), form_for(house.stranger, reason=""))

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["reason"])
    assert answer.context["form"]["user"].value() == str(house.stranger.pk)
    opened = events_of(Action.CHART_OPENED)
    assert [(event.patient_id, event.outcome) for event in opened] == [(patient.pk, "SUCCESS")]


@pytest.mark.parametrize("browser", BROWSERS)
@pytest.mark.parametrize("what", ["", "revoke/"])
def test_who_may_not_open_the_chart_hears_the_same_before_the_proof(house, patient, browser, what):
    let_in(house, patient)
    outsider = make_user(Role.SUPERVISOR)
    client = BROWSERS[browser](outsider)

    answer = client.post(rights_of(patient, what), form_for(house.stranger))

    assert answer.status_code == 403
    assert answer.context["refusal"].reason == "NO_GROUND"
    assert "Stella Moran" not in answer.content.decode()
    (event,) = events_of(Action.CHART_OPENED)
    assert (event.actor_id, event.outcome, event.patient_id) == (
        outsider.pk,
        Outcome.REFUSED,
        patient.pk,
    )


@pytest.mark.parametrize("browser", BROWSERS)
def test_nobody_is_asked_who_would_let_themselves_in(house, patient, browser):
    client = BROWSERS[browser](house.supervisor)
    before = grants()

    answer = client.post(rights_of(patient), form_for(house.supervisor))

    assert (answer.status_code, answer.context["refusal"].reason) == (403, "OWN_RIGHTS")
    assert grants() == before


# --- rights on units, and units


def unit_page(name, unit=None):
    return reverse(f"access:{name}", args=[unit.pk] if unit else [])


@pytest.mark.parametrize("browser", BROWSERS)
@pytest.mark.parametrize("holder", ["role", "person"])
@pytest.mark.parametrize("is_same", [True, False])
def test_the_very_right_on_a_unit_is_not_given_again(house, browser, holder, is_same):
    unit = house.behavioural
    who = {"role": "CLERK"} if holder == "role" else {"user": house.stranger}
    rights.grant_unit(
        actor=house.administrator,
        unit=unit,
        right=UnitRight.VIEW_CHART,
        reason="Works there",
        **who,
    )
    sent = {"right": "view_chart", "reason": "Works there" if is_same else "Covers a shift"}
    sent |= {"role": "CLERK"} if holder == "role" else {"user": house.stranger.pk}
    client = BROWSERS[browser](house.administrator)
    before = grants()

    answer = client.post(unit_page("unit_grant", unit), sent)

    if not is_same and browser == "stale":
        assert answer.url.partition("?")[0] == PROOF
        return
    assert answer.url == unit_page("unit_detail", unit)
    assert (grants() == before) is is_same
    name = "Clerk" if holder == "role" else "Stella Moran"
    said = f"{name} has this right already: nothing was changed."
    assert (said in client.get(answer.url).content.decode()) is is_same


@pytest.mark.parametrize("browser", BROWSERS)
def test_a_right_on_a_unit_that_is_gone_is_not_taken_again(house, browser):
    client = BROWSERS[browser](house.administrator)
    sent = {"right": "view_chart", "user": house.stranger.pk, "role": ""}

    answer = client.post(unit_page("unit_revoke", house.main), sent)

    assert answer.url == unit_page("unit_detail", house.main)
    assert "This right is gone already" in client.get(answer.url).content.decode()
    assert events_of(Action.RIGHT_REVOKED) == []


@pytest.mark.parametrize("browser", BROWSERS)
def test_nobody_is_asked_who_would_give_themselves_a_unit(house, browser):
    client = BROWSERS[browser](house.administrator)
    sent = {"right": "view_chart", "reason": "Me", "user": house.administrator.pk}
    before = grants()

    answer = client.post(unit_page("unit_grant", house.main), sent)

    assert (answer.status_code, answer.context["refusal"].reason) == (403, "OWN_RIGHTS")
    assert grants() == before


@pytest.mark.parametrize("browser", BROWSERS)
def test_an_overtaken_unit_comes_back_with_what_was_typed_before_the_proof(house, browser):
    seen = selectors.fingerprint(house.main)
    units.change(
        actor=house.administrator,
        unit_id=house.main.pk,
        name="Front room",
        is_listed=True,
        sensitivity_classes=[],
        is_active=True,
    )
    client = BROWSERS[browser](house.administrator)

    answer = client.post(unit_page("unit_detail", house.main), {"name": "Back room", "seen": seen})

    assert answer.status_code == 409
    assert answer.context["form"]["name"].value() == "Back room"
    assert CustodyUnit.objects.get(pk=house.main.pk).name == "Front room"
    refused = [one for one in events_of(Action.SETTING_CHANGED) if one.outcome == "REFUSED"]
    assert [event.detail["reason"] for event in refused] == ["UNIT_STALE"]


@pytest.mark.parametrize("browser", BROWSERS)
def test_a_code_that_is_taken_comes_back_before_the_proof(house, browser):
    client = BROWSERS[browser](house.administrator)
    sent = {"facility": house.main.facility_id, "code": house.main.code, "name": "Another"}

    answer = client.post(unit_page("unit_create"), sent)

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["code"])
    assert answer.context["form"]["name"].value() == "Another"


@pytest.mark.parametrize("name", ["unit_detail", "unit_grant", "unit_revoke"])
def test_a_unit_that_is_not_there_is_not_found_without_a_proof(house, name):
    client = sign_in(house.administrator)

    assert client.post(unit_page(name, CustodyUnit(pk=987654))).status_code == 404
