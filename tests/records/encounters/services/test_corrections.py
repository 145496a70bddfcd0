"""Encounters put right: only what changed is written, and the event names it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from audit.models import Event
from audit.writes import attributing
from records.access.errors import ChartRefused, ChartUnknown
from records.encounters.errors import DatesRefused, EncounterChangedMeanwhile, StayOpen
from records.encounters.models import EncounterMove, Provider
from records.encounters.services import corrections
from records.encounters.services.corrections import Correction
from tests.records.retention import factories as make

START = datetime(2020, 1, 2, 15, tzinfo=UTC)
END = datetime(2020, 1, 5, 15, tzinfo=UTC)


@pytest.fixture
def house(db):
    return make.House()


@pytest.fixture
def stay(house):
    patient = make.make_patient(house.unit)
    return make.make_visit(patient, started_at=START, ended_at=END, reason="Fall")


def facts_of(stay):
    return Correction(
        kind=stay.kind,
        started_at=stay.started_at,
        ended_at=stay.ended_at,
        disposition=stay.disposition,
        attending=stay.attending,
        location=stay.location,
        reason=stay.reason,
    )


def correct(house, stay, **changes):
    return corrections.correct(
        actor=house.clerk,
        encounter_id=stay.pk,
        version=stay.version,
        facts=replace(facts_of(stay), **changes),
    )


def changed_fields():
    return [event.detail["fields"] for event in Event.objects.filter(action="ENCOUNTER_CHANGED")]


def test_what_changed_is_written_and_named(house, stay):
    with attributing(house.clerk):
        doctor = Provider.objects.create(name="Ada Hill")

    found = correct(
        house, stay, reason="Fracture", attending=doctor, ended_at=END + timedelta(days=1)
    )

    stay.refresh_from_db()
    assert (stay.reason, stay.attending, stay.version) == ("Fracture", doctor, found.version)
    assert changed_fields() == [["ended_at", "attending", "reason"]]
    stay.patient.refresh_from_db()
    assert str(stay.patient.last_seen_on) == "2020-01-06"


def test_nothing_new_writes_nothing(house, stay):
    found = correct(house, stay)

    assert found.version == stay.version
    assert changed_fields() == []


def test_one_that_goes_on_gets_no_end(house):
    patient = make.make_patient(house.unit)
    open_stay = make.make_visit(patient, started_at=START, status="IN_PROGRESS")

    found = correct(house, open_stay, ended_at=END, disposition="HOME", reason="Fall")

    assert (found.ended_at, found.disposition, found.reason) == (None, "", "Fall")


@pytest.mark.parametrize(
    "changes",
    [
        {"started_at": datetime(1940, 1, 1, tzinfo=UTC)},
        {"started_at": END + timedelta(days=1)},
        {"ended_at": datetime(2200, 1, 1, tzinfo=UTC)},
    ],
)
def test_dates_that_cannot_be_are_refused(house, stay, changes):
    with pytest.raises(DatesRefused):
        correct(house, stay, **changes)

    assert changed_fields() == []


def test_an_end_before_the_last_transfer_is_refused(house, stay):
    with attributing(house.clerk):
        EncounterMove.objects.create(
            encounter=stay,
            to_location="4 West",
            moved_at=END - timedelta(hours=1),
            moved_by=house.clerk,
        )

    with pytest.raises(DatesRefused):
        correct(house, stay, ended_at=END - timedelta(hours=2))


def test_another_kind_that_would_be_a_second_open_stay_is_refused(house):
    patient = make.make_patient(house.unit)
    make.make_visit(patient, started_at=START, status="IN_PROGRESS")
    other = make.make_visit(patient, started_at=START, status="IN_PROGRESS", kind="EMERGENCY")

    with pytest.raises(StayOpen):
        correct(house, other, kind="INPATIENT")


def test_a_stale_version_is_refused(house, stay):
    correct(house, stay, reason="Fracture")

    with pytest.raises(EncounterChangedMeanwhile):
        correct(house, stay, reason="Sprain")


def test_a_stranger_is_refused(house, stay):
    stranger = make.make_user("CLERK", unit=make.make_unit())

    with pytest.raises((ChartRefused, ChartUnknown)):
        corrections.correct(
            actor=stranger, encounter_id=stay.pk, version=stay.version, facts=facts_of(stay)
        )
