import threading

import psycopg2
import pytest
from django.db import connection, transaction

from audit import context
from audit.context import Origin
from audit.enums import Action, Basis, Outcome, Purpose
from audit.errors import AuditUnavailable, NoActor, Refused, UnfitDetail
from audit.models import Event, EventSubject
from audit.services import events

SOMEBODY = Origin(7, "Ana Mills", "CLERK", "r1", "s1", "10.0.0.1", on_behalf_of_id=8)


@pytest.mark.goal("G-23")
@pytest.mark.django_db
def test_event_holds_all_that_was_said():
    with context.acting(SOMEBODY):
        number = events.record(
            action=Action.DOCUMENT_VIEWED,
            patient_id=5,
            subject_type="document",
            subject_id=77,
            basis=Basis.UNIT,
            purpose=Purpose.RECORDS,
            detail={"page": 3, "fields": ["a", "b"]},
        )

    row = Event.objects.filter(pk=number).values().get()
    assert row.pop("txid") > 0
    assert row.pop("occurred_at") is not None
    assert row == {
        "id": number,
        "actor_id": 7,
        "actor_name": "Ana Mills",
        "on_behalf_of_id": 8,
        "role": "CLERK",
        "action": "DOCUMENT_VIEWED",
        "purpose": "RECORDS",
        "basis": "UNIT",
        "patient_id": 5,
        "subject_type": "document",
        "subject_id": "77",
        "outcome": "SUCCESS",
        "request_id": "r1",
        "session_digest": "s1",
        "client_address": "10.0.0.1",
        "detail": {"page": 3, "fields": ["a", "b"]},
        "epoch": 1,
    }


@pytest.mark.django_db
def test_event_of_a_named_actor_keeps_the_request(clerk):
    with context.acting(SOMEBODY):
        number = events.record(action=Action.CHART_OPENED, actor=clerk)

    event = Event.objects.get(pk=number)
    found = (event.actor_id, event.actor_name, event.role, event.request_id, event.session_digest)
    assert found == (clerk.pk, "Ana Mills", "CLERK", "r1", "s1")


@pytest.mark.django_db
def test_event_takes_one_statement(django_assert_num_queries):
    with context.acting(SOMEBODY), django_assert_num_queries(1):
        events.record(action=Action.PATIENTS_LISTED, patients=range(1, 26))


@pytest.mark.django_db
def test_list_shows_each_patient_once_in_order_and_at_the_events_moment():
    with context.acting(SOMEBODY):
        number = events.record(action=Action.PATIENTS_LISTED, patients=iter([9, 4, 9, 6]))

    event = Event.objects.get(pk=number)
    rows = EventSubject.objects.filter(event_id=number).order_by("position")
    assert list(rows.values_list("patient_id", "position")) == [(9, 1), (4, 2), (6, 3)]
    assert {(row.occurred_at, row.txid) for row in rows} == {(event.occurred_at, event.txid)}


@pytest.mark.django_db
def test_event_without_anybody_acting_is_refused():
    with pytest.raises(NoActor):
        events.record(action=Action.CHART_OPENED)

    assert Event.objects.count() == 0


@pytest.mark.goal("G-23")
@pytest.mark.django_db
@pytest.mark.parametrize("nameless", [Origin(7, "", "CLERK", "r"), Origin(7, "Ana", "", "r")])
def test_event_without_name_or_role_is_refused(nameless):
    with context.acting(nameless), pytest.raises(NoActor, match="name and role"):
        events.record(action=Action.CHART_OPENED)

    assert Event.objects.count() == 0


@pytest.mark.goal("G-24")
@pytest.mark.django_db
def test_event_with_free_text_is_refused():
    with context.acting(SOMEBODY), pytest.raises(UnfitDetail):
        events.record(action=Action.CHART_OPENED, detail={"name": "MILLS, Peter"})

    assert Event.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [{"action": "LOOKED"}, {"basis": "WHIM"}, {"purpose": "FUN"}, {"outcome": "SO_SO"}],
)
def test_event_with_an_unknown_word_is_refused(wrong):
    with context.acting(SOMEBODY), pytest.raises(ValueError):
        events.record(**{"action": Action.CHART_OPENED} | wrong)

    assert Event.objects.count() == 0


@pytest.mark.django_db
def test_refusal_is_recorded_with_its_reason():
    refused = Refused(
        "No.",
        action=Action.CHART_OPENED,
        patient_id=5,
        subject_type="document",
        subject_id=3,
        reason="NO_RELATION",
        detail={"unit": 2},
    )

    with context.acting(SOMEBODY):
        number = events.record_refusal(refused)

    event = Event.objects.get(pk=number)
    assert (event.action, event.outcome, event.basis) == (
        Action.CHART_OPENED,
        Outcome.REFUSED,
        Basis.NONE,
    )
    assert (event.patient_id, event.subject_type, event.subject_id) == (5, "document", "3")
    assert event.detail == {"reason": "NO_RELATION", "unit": 2}


@pytest.mark.django_db
def test_digest_tells_equal_texts_and_kinds_apart():
    found = [events.digest("search", "mills"), events.digest("search", "mills")]
    others = {events.digest("search", "Mills"), events.digest("session", "mills"), found[0]}

    assert found[0] == found[1]
    assert len(others) == 3
    assert {len(value) for value in others} == {32}


@pytest.mark.committed
def test_event_is_there_for_everybody_when_record_returns(second_connection):
    with context.acting(SOMEBODY):
        number = events.record(action=Action.CHART_OPENED, patient_id=5, durable=True)

    with second_connection.cursor() as cursor:
        cursor.execute("SELECT patient_id FROM audit_event WHERE id = %s", [number])
        assert cursor.fetchall() == [(5,)]


@pytest.mark.committed
def test_durable_event_inside_a_transaction_is_refused():
    with (
        context.acting(SOMEBODY),
        transaction.atomic(),
        pytest.raises(RuntimeError, match="durable"),
    ):
        events.record(action=Action.CHART_OPENED, durable=True)

    assert Event.objects.count() == 0


@pytest.mark.goal("G-21")
@pytest.mark.committed
def test_store_that_is_locked_makes_the_event_unavailable(superuser_connection):
    with superuser_connection.cursor() as cursor:
        cursor.execute("BEGIN; LOCK TABLE audit_event IN ACCESS EXCLUSIVE MODE")
        with connection.cursor() as own:
            own.execute("SET lock_timeout = '50ms'")

        with context.acting(SOMEBODY), pytest.raises(AuditUnavailable):
            events.record(action=Action.CHART_OPENED)

        cursor.execute("ROLLBACK")


@pytest.mark.goal("G-21")
@pytest.mark.committed
def test_store_without_rights_or_partition_makes_the_event_unavailable(superuser_connection):
    with superuser_connection.cursor() as cursor, context.acting(SOMEBODY):
        cursor.execute("REVOKE INSERT (role) ON audit_event FROM chartroom_app")
        with pytest.raises(AuditUnavailable):
            events.record(action=Action.CHART_OPENED)
        cursor.execute("GRANT INSERT (role) ON audit_event TO chartroom_app")
        events.record(action=Action.CHART_OPENED)
        cursor.execute("ALTER TABLE audit_eventsubject RENAME TO gone")
        with pytest.raises(AuditUnavailable):
            events.record(action=Action.PATIENTS_LISTED, patients=[1])

    assert Event.objects.count() == 1


@pytest.mark.goal("G-21")
@pytest.mark.committed
def test_lost_connection_makes_the_event_unavailable():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        connection.connection.close()

        with context.acting(SOMEBODY), pytest.raises(AuditUnavailable):
            events.record(action=Action.CHART_OPENED)


@pytest.mark.committed
def test_writers_do_not_wait_for_each_other(app_dsn):
    """Two transactions write at once; neither's row holds the other up."""
    insert = (
        "INSERT INTO audit_event (actor_name, role, action, outcome, request_id)"
        " VALUES ('a', 'b', 'CHART_OPENED', 'SUCCESS', 'r')"
    )
    first, second = psycopg2.connect(**app_dsn), psycopg2.connect(**app_dsn)
    done = threading.Event()

    def write_beside():
        with second.cursor() as cursor:
            cursor.execute(insert)
        second.commit()
        done.set()

    with first.cursor() as cursor:
        cursor.execute(insert)
        beside = threading.Thread(target=write_beside)
        beside.start()
        assert done.wait(5)
        beside.join()
    first.commit()
    first.close()
    second.close()

    assert Event.objects.count() == 2
