"""Batches: two people, neither of whom proposed; frozen; step by step; kept for ever."""

import itertools
import threading

import psycopg2
import pytest

from records.retention.enums import BatchStatus
from records.retention.rules import transitions
from tests.records.retention import factories as make
from tests.records.retention.threads import later

pytestmark = [pytest.mark.promise, pytest.mark.committed]

APPROVE = """
    INSERT INTO retention_batchapproval (batch_id, round, step, digest, approved_at, approved_by_id)
    VALUES (%s, %s, %s, %s, now(), %s)
"""
KEPT = [
    "retention_batch",
    "retention_batchitem",
    "retention_batchapproval",
    "retention_batchstatuschange",
    "retention_certificate",
    "retention_stub",
    "retention_hold",
    "retention_holdpatient",
    "retention_holddocument",
]
INSERT_ONLY = [
    "retention_batchapproval",
    "retention_batchstatuschange",
    "retention_certificate",
    "retention_stub",
    "retention_holddocument",
]


@pytest.mark.parametrize("table", KEPT)
def test_nothing_of_a_destruction_is_deleted_even_by_the_owner(
    house, session, owner_connection, table
):
    make.make_hold(house.patient())
    held = house.patient()
    make.make_hold(held)
    other = house.patient()
    session.run(
        "UPDATE documents_document SET patient_id = %s WHERE patient_id = %s", other.pk, held.pk
    )
    session.commit()
    house.done(house.patient())
    for statement in (f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            session.run(statement)
        session.rollback()
        with owner_connection.cursor() as cursor:
            cursor.execute("SELECT set_config('chartroom.actor', '1', false)")
            with pytest.raises(
                (
                    psycopg2.errors.RestrictViolation,
                    psycopg2.errors.RaiseException,
                    psycopg2.errors.InsufficientPrivilege,
                )
            ):
                cursor.execute(statement)


@pytest.mark.parametrize("table", INSERT_ONLY)
def test_certificates_and_histories_are_insert_only_for_the_application(session, table):
    column = "destroyed_at" if table == "retention_stub" else "id"
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        session.run(f"UPDATE {table} SET {column} = {column}")


@pytest.mark.goal("G-38")
@pytest.mark.parametrize("column", ["first_approved_by_id", "second_approved_by_id"])
def test_proposer_is_never_an_approver(house, session, column):
    batch = house.approved(house.patient())

    with pytest.raises(psycopg2.errors.RestrictViolation):
        session.run(
            f"UPDATE retention_batch SET {column} = %s WHERE id = %s", house.clerk.pk, batch.pk
        )


@pytest.mark.goal("G-38")
@pytest.mark.parametrize("who", ["clerk", "supervisor"])
def test_second_approval_by_proposer_or_first_approver_is_refused(house, open_session, who):
    batch = house.approved_once(house.patient())
    person = getattr(house, who)

    with pytest.raises(psycopg2.errors.RestrictViolation, match="Two people approve"):
        open_session(person).run(APPROVE, batch.pk, 1, "SECOND", batch.digest, person.pk)


@pytest.mark.goal("G-38")
def test_nobody_approves_in_the_name_of_another(house, open_session):
    batch = house.proposed(house.patient())

    with pytest.raises(psycopg2.errors.RestrictViolation, match="in the name of another"):
        open_session(house.clerk).run(
            APPROVE, batch.pk, 1, "FIRST", batch.digest, house.supervisor.pk
        )


@pytest.mark.parametrize(
    "step, round_, digest",
    [("SECOND", 1, None), ("FIRST", 2, None), ("FIRST", 1, "0" * 64), ("FIRST", 1, "")],
)
def test_approval_fits_what_the_batch_waits_for(house, open_session, step, round_, digest):
    batch = house.proposed(house.patient())
    signed = batch.digest if digest is None else digest

    with pytest.raises(psycopg2.errors.RestrictViolation, match="does not wait for this approval"):
        open_session(house.supervisor).run(
            APPROVE, batch.pk, round_, step, signed, house.supervisor.pk
        )


@pytest.mark.parametrize("status", sorted(set(BatchStatus.values) - {BatchStatus.PROPOSED}))
def test_batch_begins_as_a_proposal(house, session, status):
    with pytest.raises(psycopg2.errors.RestrictViolation, match="begins as a proposal"):
        session.run(
            "INSERT INTO retention_batch (number, token, status, round, series, method, location,"
            " note, digest, item_count, proposed_at, proposed_by_id, first_approved_at,"
            " first_approved_by_id, second_approved_at, second_approved_by_id, not_before,"
            " started_at, started_by_id)"
            " VALUES ('B-X', gen_random_uuid(), %s, 1, 'HEALTH_RECORD', 'CRYPTOGRAPHIC_ERASE',"
            " 'x', '', '', 0, now(), %s, now(), %s, now(), %s, now(), now(), %s)",
            status,
            house.clerk.pk,
            house.supervisor.pk,
            house.compliance.pk,
            house.compliance.pk,
        )


@pytest.mark.parametrize(
    "current, target",
    [
        pair
        for pair in itertools.permutations(BatchStatus.values, 2)
        if pair[1] not in transitions.MOVES.get(pair[0], {})
    ],
)
def test_batch_makes_no_move_that_the_table_lacks(house, session, current, target):
    batch = bring(house, current)

    with pytest.raises((psycopg2.errors.RestrictViolation, psycopg2.errors.CheckViolation)):
        session.run("UPDATE retention_batch SET status = %s WHERE id = %s", target, batch.pk)


@pytest.mark.parametrize(
    "current, target",
    [("PROPOSED", "FIRST_APPROVED"), ("FIRST_APPROVED", "APPROVED"), ("PROPOSED", "APPROVED")],
)
def test_status_does_not_run_ahead_of_the_approvals(house, session, current, target):
    batch = bring(house, current)

    with pytest.raises(psycopg2.errors.RestrictViolation):
        session.run(
            "UPDATE retention_batch SET status = %s, first_approved_at = now(),"
            " first_approved_by_id = %s, second_approved_at = now(), second_approved_by_id = %s,"
            " not_before = now() WHERE id = %s",
            target,
            house.supervisor.pk,
            house.compliance.pk,
            batch.pk,
        )


def bring(house, status):
    """A batch that has come to `status` by its own steps."""
    if status == BatchStatus.RETURNED:
        batch = house.proposed(house.patient())
        return make.batches.send_back(
            actor=house.supervisor, batch_id=batch.pk, seen=make.seen(batch), reason="Look again"
        )
    if status == BatchStatus.CANCELLED:
        batch = house.proposed(house.patient())
        return make.batches.cancel(
            actor=house.clerk, batch_id=batch.pk, seen=make.seen(batch), reason="Not now"
        )
    ways = {
        BatchStatus.PROPOSED: house.proposed,
        BatchStatus.FIRST_APPROVED: house.approved_once,
        BatchStatus.APPROVED: house.approved,
        BatchStatus.EXECUTING: house.executing,
        BatchStatus.DONE: house.done,
    }
    return ways[status](house.patient())


@pytest.mark.parametrize("status", ["PROPOSED", "FIRST_APPROVED", "APPROVED", "EXECUTING"])
def test_frozen_batch_takes_no_further_chart(house, session, status):
    batch = bring(house, status)
    other = house.patient()

    with pytest.raises(psycopg2.errors.RestrictViolation, match="takes no further charts"):
        session.run(
            "INSERT INTO retention_batchitem (batch_id, patient_id, unit_id, eligible_on,"
            " governing_code, governing_cite, governing_on, document_count, version_count,"
            " page_count, newest_version_id, outcome, outcome_reason)"
            " VALUES (%s, %s, %s, '2020-01-02', 'X', 'X', '2020-01-01', 0, 0, 0, 0, 'WAITING', '')",
            batch.pk,
            other.pk,
            house.unit.pk,
        )


@pytest.mark.parametrize(
    "change",
    ["outcome = 'DESTROYED', decided_at = now()", "bytes_removed_at = now()"],
)
def test_chart_is_not_called_destroyed_while_it_stands(house, session, change):
    batch = house.executing(house.patient())

    with pytest.raises(psycopg2.errors.RestrictViolation):
        session.run(f"UPDATE retention_batchitem SET {change} WHERE batch_id = %s", batch.pk)


def test_outcome_of_a_chart_never_changes(house, session):
    batch = house.done(house.patient())

    with pytest.raises(psycopg2.errors.RestrictViolation, match="outcome of a chart never changes"):
        session.run(
            "UPDATE retention_batchitem SET outcome = 'WAITING', decided_at = NULL"
            " WHERE batch_id = %s",
            batch.pk,
        )


@pytest.mark.goal("G-45")
@pytest.mark.parametrize("status", ["APPROVED", "EXECUTING"])
def test_certificate_is_not_issued_before_all_is_carried_out(house, session, status):
    batch = bring(house, status)

    with pytest.raises(psycopg2.errors.RestrictViolation, match="when all of its batch"):
        session.run(
            "INSERT INTO retention_certificate (batch_id, number, content, sha256, issued_at,"
            " issued_by_id) VALUES (%s, 'C-X', '{}', '', now(), %s)",
            batch.pk,
            house.compliance.pk,
        )


@pytest.mark.goal("G-44")
def test_batch_does_not_start_before_its_waiting_time_is_over(house, session, settings):
    settings.DESTRUCTION_WAIT_DAYS = 3
    batch = house.approved(house.patient())

    with pytest.raises(psycopg2.errors.RestrictViolation, match="may not be carried out yet"):
        session.run(
            "UPDATE retention_batch SET status = 'EXECUTING', started_at = now(),"
            " started_by_id = %s WHERE id = %s",
            house.compliance.pk,
            batch.pk,
        )


def test_change_without_an_actor_is_refused(house, second_connection):
    hold = make.make_hold(house.patient())

    with (
        pytest.raises(psycopg2.errors.InsufficientPrivilege, match="nobody is named"),
        second_connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE retention_hold SET remind_on = now() WHERE id = %s", [hold.pk])


@pytest.mark.goal("G-38")
@pytest.mark.parametrize("count", [5, pytest.param(100, marks=pytest.mark.deep)])
def test_two_approvals_of_the_same_slot_at_once_give_one(house, count):
    second = make.make_user("SUPERVISOR", unit=house.unit)
    for _ in range(count):
        batch = house.proposed(house.patient())

        errors = at_once(batch, house.supervisor, second)

        assert sorted(type(error).__name__ for error in errors) == ["BatchChanged", "NoneType"]
        assert batch.approvals.count() == 1
        assert make.seen(batch).status == "FIRST_APPROVED"


@pytest.mark.goal("G-38")
@pytest.mark.parametrize("count", [5, pytest.param(100, marks=pytest.mark.deep)])
def test_one_person_in_two_sessions_approves_once(house, count):
    for _ in range(count):
        batch = house.proposed(house.patient())

        errors = at_once(batch, house.supervisor, house.supervisor)

        assert sorted(type(error).__name__ for error in errors) == ["BatchChanged", "NoneType"]
        assert batch.approvals.count() == 1


def at_once(batch, *people):
    """Let everybody approve what they saw at the same moment; return what each met."""
    saw = make.seen(batch)
    barrier = threading.Barrier(len(people))

    def approve(person):
        barrier.wait()
        return make.batches.approve(actor=person, batch_id=batch.pk, seen=saw)

    pairs = [later(lambda person=person: approve(person)) for person in people]
    for thread, _ in pairs:
        thread.join(20)
    return [outcome.get("error") for _, outcome in pairs]


@pytest.mark.goal("G-38")
@pytest.mark.parametrize(
    "change, constraint",
    [
        ("second_approved_by_id = first_approved_by_id", "second_approver_is_a_third_person"),
        ("second_approved_by_id = proposed_by_id", "second_approver_is_a_third_person"),
        ("first_approved_by_id = proposed_by_id", "first_approver_did_not_propose"),
        (
            "first_approved_by_id = NULL, first_approved_at = NULL, second_approved_by_id = NULL,"
            " second_approved_at = NULL, not_before = NULL",
            "approved_once_has_first_approver|approved_has_second_approver",
        ),
        (
            "second_approved_by_id = NULL, second_approved_at = NULL, not_before = NULL",
            "approved_has_second_approver",
        ),
    ],
)
def test_people_of_an_approved_batch_are_held_by_constraints_even_without_triggers(
    house, superuser_connection, change, constraint
):
    batch = house.approved(house.patient())

    with superuser_connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        with pytest.raises(psycopg2.errors.CheckViolation, match=constraint):
            cursor.execute(f"UPDATE retention_batch SET {change} WHERE id = %s", [batch.pk])
