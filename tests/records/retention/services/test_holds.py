"""Holds placed, extended and lifted, by people and by open requests."""

import uuid
from datetime import date

import pytest

from audit.models import Event, EventSubject
from records.retention.enums import HoldKind
from records.retention.errors import (
    HoldLifted,
    HoldOfRequest,
    HoldTooLate,
    PatientNotFound,
    RoleMissing,
)
from records.retention.models import Hold, HoldPatient
from records.retention.services import holds
from records.retention.services.holds import Matter
from tests.records.retention import factories as make
from tests.records.retention.threads import later

pytestmark = pytest.mark.django_db

MATTER = Matter("Wyman v. Hospital", HoldKind.LITIGATION, "Suit filed", date(2026, 11, 1))


def standing(patient):
    return HoldPatient.objects.filter(patient=patient, lifted_at=None).count()


def events(action):
    return list(
        Event.objects.filter(action=action).order_by("pk").values_list("actor_id", "subject_id")
    )


def test_place_covers_every_patient_by_a_row(house):
    patients = [house.patient(), house.patient()]

    hold = holds.place(
        actor=house.compliance, matter=MATTER, patient_ids=[p.pk for p in reversed(patients)]
    )

    assert [standing(patient) for patient in patients] == [1, 1]
    assert (hold.name, hold.placed_by) == ("Wyman v. Hospital", house.compliance)
    assert events("HOLD_PLACED") == [(house.compliance.pk, str(hold.pk))]
    assert sorted(EventSubject.objects.values_list("patient_id", flat=True)) == [
        patient.pk for patient in patients
    ]


def test_form_sent_twice_places_one_hold(house):
    patient, key = house.patient(), uuid.uuid4()
    facts = {"matter": MATTER, "patient_ids": [patient.pk], "submission_key": key}

    first, second = (holds.place(actor=house.compliance, **facts) for _ in range(2))

    assert first == second
    assert (standing(patient), Hold.objects.count()) == (1, 1)
    assert len(events("HOLD_PLACED")) == 1


def test_forms_without_a_key_place_a_hold_each(house):
    patient = house.patient()

    for _ in range(2):
        holds.place(actor=house.compliance, matter=MATTER, patient_ids=[patient.pk])

    assert standing(patient) == 2


@pytest.mark.committed
def test_form_sent_twice_at_the_same_moment_places_one_hold(house):
    patient, key = house.patient(), uuid.uuid4()

    def place():
        return holds.place(
            actor=house.compliance, matter=MATTER, patient_ids=[patient.pk], submission_key=key
        )

    sent = [later(place) for _ in range(3)]
    for thread, _ in sent:
        thread.join(30)

    assert {outcome["result"].pk for _, outcome in sent} == {Hold.objects.get().pk}
    assert len(events("HOLD_PLACED")) == 1


@pytest.mark.parametrize("role", ["CLERK", "SUPERVISOR", "PROVIDER", "ADMINISTRATOR"])
def test_only_compliance_places_extends_and_lifts(house, role):
    patient = house.patient()
    hold = make.make_hold(patient)
    actor = make.make_user(role, unit=house.unit)

    with pytest.raises(RoleMissing):
        holds.place(actor=actor, matter=MATTER, patient_ids=[patient.pk])
    with pytest.raises(RoleMissing):
        holds.add_patients(actor=actor, hold_id=hold.pk, patient_ids=[patient.pk])
    with pytest.raises(RoleMissing):
        holds.lift(actor=actor, hold_id=hold.pk, reason="Over")

    assert Hold.objects.filter(lifted_at=None).count() == 1
    assert events("HOLD_PLACED") == events("HOLD_LIFTED") == []


def test_place_on_somebody_of_a_unit_one_may_not_know_of_is_refused(house):
    hidden = make.make_patient(make.make_unit(is_listed=False))

    with pytest.raises(PatientNotFound):
        holds.place(
            actor=house.compliance, matter=MATTER, patient_ids=[house.patient().pk, hidden.pk]
        )

    assert not Hold.objects.exists()


def test_place_on_a_destroyed_chart_is_refused(house):
    patient = house.patient()
    house.done(patient)

    with pytest.raises(HoldTooLate):
        holds.place(actor=house.compliance, matter=MATTER, patient_ids=[patient.pk])

    assert not Hold.objects.exists()


def test_add_patients_leaves_those_covered_alone(house):
    one, two = house.patient(), house.patient()
    hold = make.make_hold(one)

    holds.add_patients(actor=house.compliance, hold_id=hold.pk, patient_ids=[one.pk, two.pk])

    assert (standing(one), standing(two)) == (1, 1)
    assert events("HOLD_CHANGED") == [(house.compliance.pk, str(hold.pk))]


def test_lift_ends_it_for_all_patients_and_their_dates_count_anew(house):
    patients = [house.patient(), house.patient()]
    hold = make.make_hold(*patients)

    lifted = holds.lift(actor=house.compliance, hold_id=hold.pk, reason="Counsel Hale")

    assert [standing(patient) for patient in patients] == [0, 0]
    assert (lifted.lifted_by, lifted.lift_reason) == (house.compliance, "Counsel Hale")
    assert events("HOLD_LIFTED") == [(house.compliance.pk, str(hold.pk))]
    assert house.proposed(*patients).item_count == 2


def test_lifted_hold_is_neither_lifted_nor_extended_again(house):
    patient = house.patient()
    hold = make.make_hold(patient)
    holds.lift(actor=house.compliance, hold_id=hold.pk, reason="Over")

    with pytest.raises(HoldLifted):
        holds.lift(actor=house.compliance, hold_id=hold.pk, reason="Over")
    with pytest.raises(HoldLifted):
        holds.add_patients(actor=house.compliance, hold_id=hold.pk, patient_ids=[patient.pk])

    assert len(events("HOLD_LIFTED")) == 1


def test_request_places_one_hold_however_often_it_asks(house):
    patient = house.patient()

    one = holds.place_for_request(
        actor=house.clerk, request_id=7, number="R-7", patient_id=patient.pk
    )
    two = holds.place_for_request(
        actor=house.clerk, request_id=7, number="R-7", patient_id=patient.pk
    )

    assert one == two
    assert (one.kind, one.request_id, standing(patient)) == ("RELEASE_REQUEST", 7, 1)
    assert len(events("HOLD_PLACED")) == 1


def test_hold_of_a_request_is_lifted_by_the_request_only(house):
    patient = house.patient()
    hold = holds.place_for_request(
        actor=house.clerk, request_id=7, number="R-7", patient_id=patient.pk
    )

    with pytest.raises(HoldOfRequest):
        holds.lift(actor=house.compliance, hold_id=hold.pk, reason="Over")
    with pytest.raises(HoldOfRequest):
        holds.place(
            actor=house.compliance,
            matter=Matter("R", HoldKind.RELEASE_REQUEST, "R", date(2026, 11, 1)),
            patient_ids=[patient.pk],
        )
    lifted = holds.lift_for_request(actor=house.clerk, request_id=7)

    assert lifted == hold
    assert standing(patient) == 0
    assert holds.lift_for_request(actor=house.clerk, request_id=7) is None


def test_request_that_opens_again_places_another_hold(house):
    patient = house.patient()
    holds.place_for_request(actor=house.clerk, request_id=7, number="R-7", patient_id=patient.pk)
    holds.lift_for_request(actor=house.clerk, request_id=7)

    holds.place_for_request(actor=house.clerk, request_id=7, number="R-7", patient_id=patient.pk)

    assert standing(patient) == 1
    assert Hold.objects.filter(request_id=7).count() == 2


@pytest.mark.parametrize("error", [HoldTooLate, PatientNotFound])
def test_request_for_a_chart_that_is_gone_places_nothing(house, error):
    patient = house.patient()
    house.done(patient)
    patient_id = patient.pk if error is HoldTooLate else 999999

    with pytest.raises(error):
        holds.place_for_request(
            actor=house.clerk, request_id=7, number="R-7", patient_id=patient_id
        )

    assert not Hold.objects.exists()
