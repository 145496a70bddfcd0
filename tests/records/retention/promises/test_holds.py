"""Holds: never deleted, never rewritten, and they win every race that they can win."""

import threading

import psycopg2
import pytest

from audit.errors import Refused
from records.documents.models import DocumentVersion
from records.patients.models import Patient
from records.retention.errors import HoldTooLate
from records.retention.models import BatchItem, HoldPatient
from records.retention.services import destruction, holds
from tests.records.retention import factories as make
from tests.records.retention.threads import later

pytestmark = [pytest.mark.promise, pytest.mark.committed]

ERASE = """
    UPDATE documents_documentversion SET wrapped_key = NULL, key_erased_at = now() WHERE id = %s
"""
COVER = """
    INSERT INTO retention_holdpatient (hold_id, patient_id, placed_at, placed_by_id)
    VALUES (%s, %s, now(), %s)
"""


@pytest.mark.parametrize(
    "change",
    [
        "name = 'another'",
        "kind = 'AUDIT'",
        "reason = 'another'",
        "request_id = 4",
        "placed_by_id = placed_by_id + 1",
    ],
)
def test_what_a_hold_says_never_changes_even_for_the_owner(
    house, session, owner_connection, change
):
    hold = make.make_hold(house.patient())
    statement = f"UPDATE retention_hold SET {change} WHERE id = %s"

    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        session.run(statement, hold.pk)
    session.rollback()
    with (
        pytest.raises(psycopg2.errors.RestrictViolation, match="never changes"),
        owner_connection.cursor() as cursor,
    ):
        cursor.execute(statement, [hold.pk])


def test_lifted_hold_stays_lifted_and_covers_nobody_anew(house, session):
    patient = house.patient()
    hold = make.make_hold(patient)
    holds.lift(actor=house.compliance, hold_id=hold.pk, reason="Suit settled")

    with pytest.raises(psycopg2.errors.RestrictViolation, match="stays lifted"):
        session.run(
            "UPDATE retention_hold SET lifted_at = NULL, lifted_by_id = NULL, lift_reason = ''"
            " WHERE id = %s",
            hold.pk,
        )
    session.rollback()
    with pytest.raises(psycopg2.errors.RestrictViolation, match="only lifted, once"):
        session.run(
            "UPDATE retention_holdpatient SET lifted_at = NULL, lifted_by_id = NULL"
            " WHERE hold_id = %s",
            hold.pk,
        )
    session.rollback()
    with pytest.raises(psycopg2.errors.RestrictViolation, match="place another one"):
        session.run(COVER, hold.pk, patient.pk, house.compliance.pk)


def test_hold_on_a_destroyed_chart_comes_too_late(house, session):
    patient = house.patient()
    hold = make.make_hold(house.patient())
    house.done(patient)

    with pytest.raises(psycopg2.errors.RestrictViolation, match="comes too late"):
        session.run(COVER, hold.pk, patient.pk, house.compliance.pk)


@pytest.mark.goal("G-37")
def test_hold_that_commits_first_stops_the_erasure_that_waits(house, open_session):
    patient = house.patient()
    version = DocumentVersion.objects.get(document__patient=patient)
    hold = make.make_hold(house.patient())
    house.executing(patient)
    holder, eraser = open_session(), open_session()
    holder.run(COVER, hold.pk, patient.pk, house.compliance.pk)

    thread, outcome = later(lambda: eraser.run(ERASE, version.pk))
    thread.join(0.5)
    assert thread.is_alive()  # the erasure waits for the hold
    holder.commit()
    thread.join(10)

    assert "A hold stands on patient" in str(outcome["error"])
    version.refresh_from_db()
    assert version.wrapped_key is not None


def test_hold_that_is_rolled_back_lets_the_erasure_go_on(house, open_session):
    patient = house.patient()
    version = DocumentVersion.objects.get(document__patient=patient)
    hold = make.make_hold(house.patient())
    house.executing(patient)
    holder, eraser = open_session(), open_session()
    holder.run(COVER, hold.pk, patient.pk, house.compliance.pk)

    thread, outcome = later(lambda: eraser.run(ERASE, version.pk))
    thread.join(0.5)
    holder.rollback()
    thread.join(10)

    assert outcome["result"] == 1


@pytest.mark.goal("G-37")
def test_hold_that_comes_second_waits_for_the_erasure_and_is_told(house, open_session):
    patient = house.patient()
    version = DocumentVersion.objects.get(document__patient=patient)
    hold = make.make_hold(house.patient())
    house.executing(patient)
    holder, eraser = open_session(), open_session()
    eraser.run(ERASE, version.pk)

    thread, outcome = later(lambda: holder.run(COVER, hold.pk, patient.pk, house.compliance.pk))
    thread.join(0.5)
    assert thread.is_alive()  # the hold waits for the erasure
    eraser.rollback()
    thread.join(10)

    assert outcome["result"] == 1
    version.refresh_from_db()
    assert version.wrapped_key is not None


def race(house, patient, batch):
    """Place a hold and destroy the chart at the same moment; return what each of the two met."""
    barrier = threading.Barrier(2)
    item = BatchItem.objects.get(batch=batch)
    matter = holds.Matter("Suit", holds.HoldKind.LITIGATION, "Suit filed", make.date(2026, 11, 1))

    def place():
        barrier.wait()
        return holds.place(actor=house.compliance, matter=matter, patient_ids=[patient.pk])

    def destroy():
        barrier.wait()
        return destruction.erase(actor=house.compliance, batch=batch, item_id=item.pk)

    pairs = [later(place), later(destroy)]
    for thread, _ in pairs:
        thread.join(20)
    return [outcome.get("error") for _, outcome in pairs]


@pytest.mark.goal("G-37")
@pytest.mark.parametrize("count", [12, pytest.param(200, marks=pytest.mark.deep)])
def test_race_of_hold_and_erasure_ends_in_one_of_two_ways(house, count):
    endings = set()
    for _ in range(count):
        patient = house.patient()
        batch = house.executing(patient)
        placed, erased = race(house, patient, batch)

        outcome = BatchItem.objects.get(batch=batch).outcome
        is_held = HoldPatient.objects.filter(patient=patient, lifted_at=None).exists()
        status = Patient.objects.get(pk=patient.pk).status
        keys = DocumentVersion.objects.filter(
            document__patient=patient, wrapped_key__isnull=False
        ).count()
        assert erased is None
        assert (outcome, is_held, status, keys) in {
            ("HELD", True, "ACTIVE", 1),
            ("DESTROYED", False, "DESTROYED", 0),
        }
        assert isinstance(placed, HoldTooLate) == (outcome == "DESTROYED")
        assert placed is None or isinstance(placed, Refused)
        endings.add(outcome)
    assert endings <= {"HELD", "DESTROYED"}
