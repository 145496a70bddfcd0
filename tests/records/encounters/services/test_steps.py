"""Steps of an encounter once it is there: arrival, transfer, discharge, reopening."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.enums import Action
from records.access.errors import ChartRefused, ChartUnknown
from records.encounters.enums import Disposition, EncounterKind
from records.encounters.errors import (
    DatesRefused,
    EncounterChangedMeanwhile,
    EncounterMoveNotAllowed,
    StayOpen,
    UnitRefused,
)
from records.encounters.models import Encounter, EncounterMove
from records.encounters.services import encounters
from tests import trail
from tests.factories.patients import make_patient
from tests.factories.units import make_unit
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


@pytest.mark.parametrize(
    "person, error", [("stranger", ChartRefused), ("administrator", ChartUnknown)]
)
def test_every_step_needs_a_ground_for_the_chart(house, patient, person, error):
    actor = getattr(house, person)
    planned = world.at_status(house.clerk, patient, house.main, "PLANNED")
    before = trail.count_events()

    for attempt in (
        lambda: world.begin(actor, patient, house.main),
        lambda: world.visit(actor, patient, house.main),
        lambda: world.discharge(actor, planned),
        lambda: world.transfer(actor, planned),
        lambda: world.step(encounters.arrive, actor, planned),
        lambda: world.step(encounters.cancel, actor, planned),
        lambda: world.step(encounters.reopen, actor, planned),
    ):
        with pytest.raises(error):
            attempt()

    assert (Encounter.objects.count(), trail.count_events()) == (1, before)
    assert world.again(planned).version == 1


@pytest.mark.parametrize("status", STATUSES)
def test_every_step_from_every_status(house, patient, status):
    """Each step is taken, or refused with nothing written."""
    wanted = {
        "arrive": (encounters.arrive, {"PLANNED"}, "IN_PROGRESS"),
        "cancel": (encounters.cancel, {"PLANNED", "IN_PROGRESS"}, "CANCELLED"),
        "reopen": (encounters.reopen, {"DISCHARGED"}, "IN_PROGRESS"),
        "discharge": (None, {"IN_PROGRESS"}, "DISCHARGED"),
    }
    for name, (service, allowed, target) in wanted.items():
        person = make_patient(house.main, actor=house.clerk, family=f"{name}")
        encounter = world.at_status(house.clerk, person, house.main, status)
        before = steps_of(encounter)

        def take(service=service, encounter=encounter):
            if service is None:
                return world.discharge(house.clerk, encounter)
            return world.step(service, house.clerk, encounter)

        if status in allowed:
            take()
            assert world.again(encounter).status == target, name
            assert steps_of(encounter)[: len(before)] == before
            assert steps_of(encounter)[-1][:2] == (status, target)
        else:
            with pytest.raises(EncounterMoveNotAllowed):
                take()
            assert (world.again(encounter).status, steps_of(encounter)) == (status, before)


def test_arrive_moves_the_start_to_the_arrival(house, patient):
    planned = world.begin(
        house.clerk, patient, house.main, status="PLANNED", started_at=world.ago(days=-3)
    )

    world.step(encounters.arrive, house.clerk, planned)

    assert world.again(planned).started_at == world.ago(hours=2)
    assert trail.events_of(Action.ENCOUNTER_ADMITTED)[0].subject_id == str(planned.pk)


SECONDS = {"arrived": 50, "imported": 20}


@pytest.mark.parametrize("name", ["transfer", "discharge"])
@pytest.mark.parametrize("how", ["arrived", "imported"])
@pytest.mark.parametrize(("minutes", "is_refused"), [(-1, True), (0, False), (1, False)])
def test_the_minute_of_the_start_is_not_before_it(house, patient, name, how, minutes, is_refused):
    minute = world.ago(hours=1)
    start = minute + timedelta(seconds=SECONDS[how])
    if how == "arrived":
        stay = world.begin(house.clerk, patient, house.main, status="PLANNED")
        world.step(encounters.arrive, house.clerk, stay, at=start)
        assert world.again(stay).started_at == minute
    else:
        stay = world.begin(house.clerk, patient, house.main, started_at=start)
    take = getattr(world, name)
    typed = minute + timedelta(minutes=minutes)

    if is_refused:
        with pytest.raises(DatesRefused, match="lies before the admission"):
            take(house.clerk, stay, at=typed)
        return
    take(house.clerk, stay, at=typed)

    stored = world.again(stay)
    at = stored.ended_at if name == "discharge" else stored.moves.get().moved_at
    assert at == max(typed, stored.started_at)


def test_a_discharge_within_the_minute_of_the_start_sent_twice_is_one(house, patient):
    minute = world.ago(hours=1)
    start = minute + timedelta(seconds=20)
    stay = world.begin(house.clerk, patient, house.main, started_at=start)

    for _ in range(2):
        world.discharge(house.clerk, stay, at=minute, version=1)

    assert world.again(stay).version == 2


def test_refusals_of_a_visit_speak_of_a_visit(house, patient):
    visit = world.begin(house.clerk, patient, house.main, kind=EncounterKind.OUTPATIENT)

    with pytest.raises(DatesRefused, match="The end lies before the visit began"):
        world.discharge(house.clerk, visit, at=world.ago(days=3))


def test_arrive_refuses_a_second_open_stay(house, patient):
    planned = world.begin(house.clerk, patient, house.main, status="PLANNED")
    world.begin(house.clerk, patient, house.main)

    with pytest.raises(StayOpen):
        world.step(encounters.arrive, house.clerk, planned)

    assert world.again(planned).status == "PLANNED"


def test_transfer_moves_bed_service_and_attending_and_keeps_where_from(
    house, patient, doctor, other_doctor
):
    stay = world.begin(
        house.clerk, patient, house.main, attending=doctor, location="2 East", service="Medicine"
    )

    world.transfer(house.clerk, stay, to_service="Surgery", to_attending=other_doctor)

    stored = world.again(stay)
    [move] = EncounterMove.objects.all()
    assert (stored.location, stored.service, stored.attending, stored.version) == (
        "4 West, bed 2",
        "Surgery",
        other_doctor,
        2,
    )
    assert (move.from_location, move.to_location) == ("2 East", "4 West, bed 2")
    assert (move.from_service, move.to_service) == ("Medicine", "Surgery")
    assert (move.from_attending, move.to_attending) == (doctor, other_doctor)
    assert (move.moved_at, move.moved_by) == (world.ago(hours=3), house.clerk)
    assert len(trail.events_of(Action.ENCOUNTER_TRANSFERRED)) == 1


def test_transfer_keeps_what_is_not_named(house, patient, doctor):
    stay = world.begin(house.clerk, patient, house.main, attending=doctor, service="Medicine")

    world.transfer(house.clerk, stay)

    stored = world.again(stay)
    assert (stored.service, stored.attending) == ("Medicine", doctor)


@pytest.mark.parametrize(
    "at, message",
    [
        (world.ago(days=3), "The transfer lies before the admission."),
        (world.ago(hours=4), "The transfer lies before the one before it."),
        (world.ago(hours=-2), "This lies in the future."),
    ],
)
def test_transfer_refuses_a_time_that_cannot_be(house, patient, at, message):
    stay = world.begin(house.clerk, patient, house.main)
    world.transfer(house.clerk, stay)

    with pytest.raises(DatesRefused) as refused:
        world.transfer(house.clerk, stay, at=at, to_location="5 West")

    assert (refused.value.field, refused.value.message) == ("moved_at", message)
    assert EncounterMove.objects.count() == 1


@pytest.mark.parametrize("status", ["PLANNED", "DISCHARGED", "CANCELLED"])
def test_transfer_needs_a_stay_that_goes_on(house, patient, status):
    encounter = world.at_status(house.clerk, patient, house.main, status)

    with pytest.raises(EncounterMoveNotAllowed):
        world.transfer(house.clerk, encounter)

    assert EncounterMove.objects.count() == 0


def test_discharge_ends_the_stay(house, patient):
    stay = world.begin(house.clerk, patient, house.main)

    world.discharge(house.clerk, stay, disposition=Disposition.HOSPICE)

    stored = world.again(stay)
    assert (stored.status, stored.ended_at, stored.disposition) == (
        "DISCHARGED",
        world.ago(hours=1),
        "HOSPICE",
    )
    assert (seen_on(patient), died_on(patient)) == (timezone.localdate(world.ago(hours=1)), None)


@pytest.mark.parametrize(
    "at, message",
    [
        (world.ago(days=3), "The discharge lies before the admission."),
        (world.ago(hours=4), "The discharge lies before the last transfer."),
        (world.ago(hours=-2), "This lies in the future."),
    ],
)
def test_discharge_refuses_a_time_that_cannot_be(house, patient, at, message):
    stay = world.begin(house.clerk, patient, house.main)
    world.transfer(house.clerk, stay)

    with pytest.raises(DatesRefused) as refused:
        world.discharge(house.clerk, stay, at=at)

    assert (refused.value.field, refused.value.message) == ("ended_at", message)
    assert world.again(stay).status == "IN_PROGRESS"


def test_a_death_is_stored_with_the_discharge_and_taken_back_with_it(house, patient):
    stay = world.begin(house.clerk, patient, house.main)

    world.discharge(house.clerk, stay, disposition=Disposition.EXPIRED)
    died = died_on(patient)
    world.step(encounters.reopen, house.clerk, stay)

    assert died == timezone.localdate(world.ago(hours=1))
    assert died_on(patient) is None
    assert world.again(stay).disposition == ""


def test_reopen_needs_that_no_other_stay_is_open(house, patient):
    over = world.at_status(house.clerk, patient, house.main, "DISCHARGED")
    world.begin(house.clerk, patient, house.main, started_at=world.ago(minutes=30))

    with pytest.raises(StayOpen):
        world.step(encounters.reopen, house.clerk, over)

    assert world.again(over).status == "DISCHARGED"


def test_reasons_are_kept_with_the_step(house, patient):
    stay = world.begin(house.clerk, patient, house.main)
    world.discharge(house.supervisor, stay)
    world.step(encounters.reopen, house.clerk, stay, reason="Wrong bed")
    world.step(encounters.cancel, house.clerk, stay, reason="Wrong patient")

    assert steps_of(stay) == [
        ("", "IN_PROGRESS", "", house.clerk.pk),
        ("IN_PROGRESS", "DISCHARGED", "", house.supervisor.pk),
        ("DISCHARGED", "IN_PROGRESS", "Wrong bed", house.clerk.pk),
        ("IN_PROGRESS", "CANCELLED", "Wrong patient", house.clerk.pk),
    ]


def test_a_version_overtaken_is_refused_for_every_step(house, patient):
    planned = world.begin(house.clerk, patient, house.main, status="PLANNED")
    stay = world.begin(house.clerk, patient, house.main)
    world.transfer(house.supervisor, stay)

    for attempt in (
        lambda: world.step(encounters.arrive, house.clerk, planned, version=7),
        lambda: world.step(encounters.cancel, house.clerk, stay, version=1),
        lambda: world.discharge(house.clerk, stay, version=1),
        lambda: world.transfer(house.clerk, stay, version=1, to_location="5 West"),
        lambda: world.step(encounters.reopen, house.clerk, stay, version=1),
    ):
        with pytest.raises(EncounterChangedMeanwhile) as stale:
            attempt()
        assert stale.value.status == 409
    assert world.again(stay).status == "IN_PROGRESS"


def test_a_step_sent_twice_by_the_same_person_is_taken_once(house, patient):
    stay = world.begin(house.clerk, patient, house.main)
    moved = {"version": 1, "at": world.ago(hours=3)}
    world.transfer(house.clerk, stay, **moved)
    world.transfer(house.clerk, stay, **moved)
    ended = {"version": 2, "at": world.ago(hours=1)}
    world.discharge(house.clerk, stay, **ended)
    world.discharge(house.clerk, stay, **ended)
    world.step(encounters.reopen, house.clerk, stay, version=3)
    world.step(encounters.reopen, house.clerk, stay, version=3)
    world.step(encounters.cancel, house.clerk, stay, version=4)
    world.step(encounters.cancel, house.clerk, stay, version=4)

    assert EncounterMove.objects.count() == 1
    assert [step[1] for step in steps_of(stay)] == [
        "IN_PROGRESS",
        "DISCHARGED",
        "IN_PROGRESS",
        "CANCELLED",
    ]
    assert world.again(stay).version == 5


@pytest.mark.parametrize("other", ["person", "values"])
def test_a_step_that_only_looks_the_same_is_refused(house, patient, other):
    stay = world.begin(house.clerk, patient, house.main)
    at = world.ago(hours=1)
    world.discharge(house.clerk, stay, version=1, at=at)

    actor = house.supervisor if other == "person" else house.clerk
    moment = at if other == "person" else at - timedelta(minutes=5)
    with pytest.raises(EncounterChangedMeanwhile):
        world.discharge(actor, stay, version=1, at=moment)


def test_an_encounter_of_a_unit_elsewhere_stays_elsewhere(house, patient):
    with pytest.raises(UnitRefused):
        world.begin(house.clerk, patient, make_unit())
