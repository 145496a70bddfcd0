from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from audit.writes import attributing
from records.access.errors import ChartRefused
from records.access.selectors import scopes
from records.access.services import opening
from records.encounters.enums import EncounterKind
from records.encounters.services import encounters
from tests.factories.people import again
from tests.records.encounters import world

pytestmark = pytest.mark.django_db


def basis_of(user, patient):
    try:
        return str(opening.peek_scope(actor=again(user), patient_id=patient.pk).basis)
    except ChartRefused:
        return ""


def listed(user):
    return scopes.list_scope(again(user)).single_ids


@pytest.fixture
def stay(house, patient, doctor):
    return world.begin(house.clerk, patient, house.main, attending=doctor)


def test_the_attending_of_an_open_stay_has_care(house, patient, stay):
    assert basis_of(house.provider, patient) == "CARE"
    assert listed(house.provider) == [patient.pk]


def test_nobody_else_has(house, patient, stay):
    assert basis_of(house.stranger, patient) == ""
    assert listed(house.stranger) == []


@pytest.mark.parametrize("days, basis", [(0, "CARE"), (59, "CARE"), (61, "")])
def test_care_ends_some_time_after_the_discharge(house, patient, stay, days, basis):
    world.discharge(house.clerk, stay)

    with time_machine.travel(timezone.now(), tick=False):
        _age(stay, days, house.clerk)

    assert basis_of(house.provider, patient) == basis
    assert listed(house.provider) == ([patient.pk] if basis else [])


@pytest.mark.parametrize("days, basis", [(0, "CARE"), (61, "")])
def test_care_ends_some_time_after_a_visit_to_which_nobody_came(
    house, patient, doctor, days, basis
):
    world.begin(
        house.clerk,
        patient,
        house.main,
        status="PLANNED",
        attending=doctor,
        kind=EncounterKind.OUTPATIENT,
        started_at=world.ago(days=days),
    )

    assert basis_of(house.provider, patient) == basis


def test_a_cancelled_stay_gives_no_care(house, patient, stay):
    world.step(encounters.cancel, house.clerk, stay)

    assert basis_of(house.provider, patient) == ""


@pytest.mark.parametrize("days, basis", [(1, "CARE"), (61, "")])
def test_who_handed_the_patient_over_keeps_the_chart_for_a_while(
    house, patient, doctor, other_doctor, days, basis
):
    start = world.ago(days=90)
    stay = world.begin(house.clerk, patient, house.main, attending=doctor, started_at=start)

    world.transfer(house.clerk, stay, to_attending=other_doctor, at=world.ago(days=days))

    assert basis_of(house.provider, patient) == basis


def test_a_move_to_another_bed_alone_hands_nobody_over(house, patient, doctor):
    stay = world.begin(house.clerk, patient, house.main, attending=doctor)

    world.transfer(house.clerk, stay)

    assert basis_of(house.provider, patient) == "CARE"


def test_a_practitioner_out_of_practice_has_no_care(house, patient, doctor, stay):
    with attributing(house.clerk):
        doctor.is_active = False
        doctor.save(update_fields=["is_active"])

    assert basis_of(house.provider, patient) == ""


def _age(encounter, days, actor):
    """Let the discharge lie so many days back."""
    stored = world.again(encounter)
    with attributing(actor):
        stored.started_at -= timedelta(days=days)
        stored.ended_at -= timedelta(days=days)
        stored.save(update_fields=["started_at", "ended_at"])
