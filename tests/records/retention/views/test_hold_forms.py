"""Holds placed, added to and lifted by forms."""

import re

import pytest
from django.utils import timezone

from audit.models import Event
from records.retention.models import Hold, HoldPatient
from tests.records.retention import factories as make
from tests.records.retention.views.forms import url

pytestmark = pytest.mark.django_db


def hold_form(*numbers, **facts):
    return {
        "name": "Wyman v. Saint Brendan",
        "kind": "LITIGATION",
        "reason": "Suit filed",
        "issued_on": "11/01/2026",
        "patient_ids": "\n".join(numbers),
    } | facts


def test_hold_is_placed_by_record_numbers(house, browse):
    one, two = house.patient(), house.patient()

    response = browse(house.compliance).post(
        url("hold_place"), hold_form(one.mrn, f"{two.mrn[:4]}-{two.mrn[4:]}, {one.mrn}")
    )

    hold = Hold.objects.get()
    assert response.url == url("hold_detail", hold_id=hold.pk)
    assert sorted(hold.patients.values_list("patient_id", flat=True)) == [one.pk, two.pk]


def test_form_of_a_hold_sent_twice_leads_to_the_same_hold(house, browse):
    browser, patient = browse(house.compliance), house.patient()
    page = browser.get(url("hold_place")).content.decode()
    key = re.search(r'name="submission_key" value="([^"]+)"', page)[1]

    answers = [
        browser.post(url("hold_place"), hold_form(patient.mrn, submission_key=key))
        for _ in range(2)
    ]

    assert [answer.url for answer in answers] == [
        url("hold_detail", hold_id=Hold.objects.get().pk)
    ] * 2


@pytest.mark.parametrize(
    "facts, field",
    [
        ({"patient_ids": "99999999"}, "patient_ids"),
        ({"patient_ids": " , "}, "patient_ids"),
        ({"name": ""}, "name"),
        ({"kind": "RELEASE_REQUEST"}, "kind"),
        ({"covers_from": "11/02/2026", "covers_until": "11/01/2026"}, "covers_until"),
        ({"issued_on": "yesterday"}, "issued_on"),
        ({"issued_on": "02/30/2026"}, "issued_on"),
        ({"issued_on": "01/01/2999"}, "issued_on"),
        ({"remind_on": "01/01/2001"}, "remind_on"),
    ],
)
def test_hold_that_is_filled_in_badly_is_shown_again(house, browse, facts, field):
    patient = house.patient()

    response = browse(house.compliance).post(url("hold_place"), hold_form(patient.mrn, **facts))

    assert response.status_code == 422
    assert set(response.context["form"].errors) == {field}
    assert not Hold.objects.exists()


def test_hold_on_a_destroyed_chart_is_told_beside_the_field(house, browse):
    patient = house.patient()
    house.done(patient)

    response = browse(house.compliance).post(url("hold_place"), hold_form(patient.mrn))

    assert response.status_code == 422
    assert "destroyed already" in response.context["form"].errors["patient_ids"][0]
    assert Event.objects.filter(action="HOLD_PLACED", outcome="REFUSED").count() == 1


def test_patients_are_added_to_a_hold_and_it_is_lifted(house, browse):
    one, two = house.patient(), house.patient()
    hold = make.make_hold(one)
    browser = browse(house.compliance)

    browser.post(url("hold_cover", hold_id=hold.pk), {"patient_ids": two.mrn})
    assert HoldPatient.objects.filter(hold=hold, lifted_at=None).count() == 2
    browser.post(url("hold_lift", hold_id=hold.pk), {"reason": "Counsel Hale, Nov 20"})

    hold.refresh_from_db()
    assert hold.lifted_by == house.compliance
    assert HoldPatient.objects.filter(hold=hold, lifted_at=None).count() == 0


@pytest.mark.parametrize("name", ["hold_lift", "hold_cover"])
def test_lifted_hold_and_hold_of_a_request_are_not_touched(house, browse, name):
    patient = house.patient()
    lifted = make.make_hold(patient)
    with make.attributing(make.system()):
        HoldPatient.objects.filter(hold=lifted).update(
            lifted_at=timezone.now(), lifted_by=make.system()
        )
        Hold.objects.filter(pk=lifted.pk).update(
            lifted_at=timezone.now(), lifted_by=make.system(), lift_reason="Over"
        )
    of_request = make.make_hold(patient, kind="RELEASE_REQUEST", request_id=7)
    browser = browse(house.compliance)

    answers = [browser.get(url(name, hold_id=hold.pk)).status_code for hold in (lifted, of_request)]

    assert answers == [409, 409]


def test_lifting_needs_a_reason(house, browse):
    hold = make.make_hold(house.patient())

    response = browse(house.compliance).post(url("hold_lift", hold_id=hold.pk), {"reason": ""})

    assert response.status_code == 422
    assert Hold.objects.get().lifted_at is None
