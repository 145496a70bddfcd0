from uuid import uuid4

import pytest
from django.db import IntegrityError
from django.utils import timezone

from audit.enums import Action
from records.access.errors import ChartRefused
from records.access.models import ChartUnit
from records.access.services import opening
from records.encounters.enums import Disposition, EncounterKind
from records.encounters.errors import (
    AccountTaken,
    DatesRefused,
    StayOpen,
    UnitRefused,
)
from records.encounters.models import Encounter, EncounterStatusChange
from records.encounters.services import encounters
from tests import trail
from tests.factories.patients import make_patient
from tests.factories.people import again, make_user
from tests.factories.units import grant
from tests.records.encounters import world
from tests.records.encounters.world import died_on, seen_on, steps_of

pytestmark = pytest.mark.django_db
STATUSES = ("PLANNED", "IN_PROGRESS", "DISCHARGED", "CANCELLED")
ACTIONS = {
    "PLANNED": Action.ENCOUNTER_PLANNED,
    "IN_PROGRESS": Action.ENCOUNTER_ADMITTED,
    "DISCHARGED": Action.ENCOUNTER_DISCHARGED,
    "CANCELLED": Action.ENCOUNTER_CANCELLED,
}


@pytest.mark.parametrize("status", ["PLANNED", "IN_PROGRESS"])
def test_begin_stores_the_stay_with_history_and_event(house, patient, doctor, status):
    encounter = world.begin(
        house.clerk, patient, house.main, status=status, attending=doctor, location="2 East"
    )

    stored = world.again(encounter)
    [event] = trail.events_of(ACTIONS[status])
    assert (stored.status, stored.version, stored.attending) == (status, 1, doctor)
    assert (stored.location, stored.reason, stored.created_by) == (
        "2 East",
        "Chest pain",
        house.clerk,
    )
    assert stored.account_number == f"A{int(stored.account_number[1:]):09d}"
    assert steps_of(stored) == [("", status, "", house.clerk.pk)]
    assert (event.patient_id, event.basis, event.subject_id) == (
        patient.pk,
        "UNIT",
        str(stored.pk),
    )
    assert event.detail == {}


def test_the_day_last_seen_follows_what_took_place(house, patient):
    days = [seen_on(patient)]
    planned = world.begin(
        house.clerk, patient, house.main, status="PLANNED", started_at=world.ago(days=-9)
    )
    days.append(seen_on(patient))
    world.visit(
        house.clerk, patient, house.main, started_at=world.ago(days=40), ended_at=world.ago(days=39)
    )
    days.append(seen_on(patient))
    stay = world.begin(house.clerk, patient, house.main, started_at=world.ago(days=3))
    days.append(seen_on(patient))
    world.step(encounters.cancel, house.clerk, stay)
    days.append(seen_on(patient))
    world.step(encounters.cancel, house.clerk, planned)
    days.append(seen_on(patient))

    assert days == [
        None,
        None,
        timezone.localdate(world.ago(days=39)),
        timezone.localdate(world.ago(days=3)),
        timezone.localdate(world.ago(days=39)),
        timezone.localdate(world.ago(days=39)),
    ]


def test_record_visit_stores_what_is_over(house, patient):
    encounter = world.visit(house.clerk, patient, house.main, kind=EncounterKind.OUTPATIENT)

    [event] = trail.events_of(Action.ENCOUNTER_VISIT_RECORDED)
    assert (encounter.status, encounter.ended_at) == ("DISCHARGED", world.ago(days=1))
    assert steps_of(encounter) == [("", "DISCHARGED", "", house.clerk.pk)]
    assert event.subject_id == str(encounter.pk)


@pytest.mark.parametrize("known, stored", [(None, 1), (5, 5)])
def test_a_visit_that_ended_with_death_tells_the_day_unless_one_is_known(
    house, patient, known, stored
):
    if known:
        world.visit(
            house.clerk,
            patient,
            house.main,
            disposition=Disposition.EXPIRED,
            started_at=world.ago(days=6),
            ended_at=world.ago(days=known),
        )
    start = world.ago(days=6)
    world.visit(house.clerk, patient, house.main, disposition=Disposition.EXPIRED, started_at=start)

    assert died_on(patient) == timezone.localdate(world.ago(days=stored))


@pytest.mark.parametrize("make", [world.begin, world.visit])
def test_a_form_sent_twice_makes_one_encounter(house, patient, make):
    key = uuid4()

    first = make(house.clerk, patient, house.main, submission_key=key)
    second = make(house.clerk, patient, house.main, submission_key=key)

    assert (second.pk, Encounter.objects.count()) == (first.pk, 1)
    assert EncounterStatusChange.objects.count() == 1


def test_a_key_of_somebody_else_gives_nobody_their_encounter(house, patient):
    key = uuid4()
    world.visit(house.clerk, patient, house.main, submission_key=key)

    with pytest.raises(IntegrityError, match="encounters_encounter_submitted_once"):
        world.visit(house.supervisor, patient, house.main, submission_key=key)

    assert Encounter.objects.count() == 1


@pytest.mark.parametrize(
    "changes, field, message",
    [
        ({"started_at": world.ago(days=-1)}, "started_at", "This lies in the future."),
        (
            {"started_at": world.ago(days=365 * 80)},
            "started_at",
            "This lies before the patient's birth.",
        ),
    ],
)
def test_begin_refuses_a_start_that_cannot_be(house, patient, changes, field, message):
    with pytest.raises(DatesRefused) as refused:
        world.begin(house.clerk, patient, house.main, **changes)

    assert (refused.value.field, refused.value.message) == (field, message)
    assert Encounter.objects.count() == 0
    assert seen_on(patient) is None


def test_begin_refuses_a_start_after_death(house):
    dead = make_patient(
        house.main, actor=house.clerk, died_on=timezone.localdate(world.ago(days=9))
    )

    with pytest.raises(DatesRefused, match="after the patient's death"):
        world.begin(house.clerk, dead, house.main)


def test_record_visit_refuses_an_end_before_the_start(house, patient):
    with pytest.raises(DatesRefused) as refused:
        world.visit(house.clerk, patient, house.main, ended_at=world.ago(days=3))

    assert (refused.value.field, refused.value.message) == (
        "ended_at",
        "The discharge lies before the admission.",
    )
    assert Encounter.objects.count() == 0


def test_begin_refuses_a_second_open_stay_but_not_a_visit(house, patient):
    world.begin(house.clerk, patient, house.main)

    with pytest.raises(StayOpen):
        world.begin(house.clerk, patient, house.main)
    world.begin(house.clerk, patient, house.main, kind=EncounterKind.OUTPATIENT)

    assert Encounter.objects.count() == 2


def test_begin_refuses_an_account_number_that_is_taken(house, patient):
    world.visit(house.clerk, patient, house.main, account_number="ACC-1")

    with pytest.raises(AccountTaken) as refused:
        world.visit(house.clerk, patient, house.main, account_number="ACC-1")

    assert refused.value.field == "account_number"


def test_begin_refuses_a_unit_of_others(house, patient):
    with pytest.raises(UnitRefused):
        world.begin(house.clerk, patient, house.behavioural)

    assert Encounter.objects.count() == 0


def test_a_stay_in_another_unit_lets_that_unit_keep_the_chart_too(house, patient):
    grant(house.behavioural, user=house.clerk)
    nurse = make_user("CLERK", unit=house.behavioural)
    with pytest.raises(ChartRefused):
        opening.peek_scope(actor=nurse, patient_id=patient.pk)

    world.begin(again(house.clerk), patient, house.behavioural)

    assert list(ChartUnit.objects.values_list("chart_id", "unit_id")) == [
        (patient.pk, house.behavioural.pk)
    ]
    assert opening.peek_scope(actor=again(nurse), patient_id=patient.pk).basis == "UNIT"
