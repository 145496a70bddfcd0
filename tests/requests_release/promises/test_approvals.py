"""What PostgreSQL promises of approving a release, and of the steps of a request."""

import itertools

import psycopg2
import psycopg2.errors
import pytest

from requests_release.enums import RequestStatus
from requests_release.models import Request
from requests_release.rules import transitions
from tests.requests_release import factories as make

pytestmark = [pytest.mark.promise, pytest.mark.committed]


APPROVE = """
    UPDATE requests_release_request
    SET status = 'APPROVED', approved_at = now(), approved_by_id = %(person)s
    WHERE id = %(request)s
"""
DECIDE = """
    INSERT INTO requests_release_requeststatuschange
        (request_id, from_status, to_status, reason, changed_at, changed_by_id)
    VALUES (%(request)s, 'SUBMITTED', %(decision)s, '', now(), %(person)s)
"""
PREPARE = """
    INSERT INTO requests_release_requestpreparer (request_id, person_id, since)
    VALUES (%(request)s, %(person)s, now())
"""


@pytest.mark.goal("G-38")
def test_the_preparer_does_not_approve(sql, submitted, clerk):
    with pytest.raises(psycopg2.errors.CheckViolation):
        sql(APPROVE, request=submitted.pk, person=clerk.pk)

    submitted.refresh_from_db()
    assert submitted.status == "SUBMITTED"


@pytest.mark.goal("G-38")
def test_whoever_helped_preparing_does_not_approve(sql, submitted, approver):
    sql(PREPARE, request=submitted.pk, person=approver.pk)

    with pytest.raises(psycopg2.errors.CheckViolation, match="other than its preparers"):
        sql(APPROVE, request=submitted.pk, person=approver.pk)


def test_the_preparer_cannot_be_taken_off_the_list(sql, submitted, clerk):
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        sql(
            "DELETE FROM requests_release_requestpreparer WHERE request_id = %(request)s",
            request=submitted.pk,
        )


@pytest.mark.goal("G-38")
def test_moving_the_names_about_does_not_help(sql, submitted, clerk, approver):
    with pytest.raises(psycopg2.errors.CheckViolation):
        sql(
            "UPDATE requests_release_request SET prepared_by_id = %(other)s,"
            " submitted_by_id = %(other)s, status = 'APPROVED', approved_at = now(),"
            " approved_by_id = %(person)s WHERE id = %(request)s",
            request=submitted.pk,
            person=clerk.pk,
            other=approver.pk,
        )


def test_the_approver_does_not_become_a_preparer(sql, ready, approver):
    with pytest.raises(psycopg2.errors.CheckViolation, match="cannot become its preparer"):
        sql(PREPARE, request=ready.pk, person=approver.pk)


@pytest.mark.goal("G-38")
@pytest.mark.parametrize("decision", ["APPROVED", "RETURNED", "DENIED", "NO_RECORDS"])
def test_no_decision_is_written_in_the_preparers_name(sql, submitted, clerk, decision):
    with pytest.raises(psycopg2.errors.CheckViolation, match="other than its preparers"):
        sql(DECIDE, request=submitted.pk, person=clerk.pk, decision=decision)


@pytest.mark.goal("G-38")
def test_no_decision_is_written_in_another_persons_name(sql, submitted, approver):
    with pytest.raises(psycopg2.errors.CheckViolation, match="in the name of another person"):
        sql(DECIDE, request=submitted.pk, person=approver.pk, decision="APPROVED")


def test_no_status_changes_without_its_step_in_the_history(sql, submitted, approver):
    with pytest.raises(psycopg2.errors.CheckViolation, match="in its history first"):
        sql(APPROVE, request=submitted.pk, person=approver.pk)


def test_who_took_the_step_is_who_approved(sql, submitted, approver, unit):
    other = make.make_user("SUPERVISOR", unit=unit)
    values = {"request": submitted.pk, "decision": "APPROVED", "other": str(other.pk)}
    decide = DECIDE.replace("%(person)s", "%(other)s")

    with pytest.raises(psycopg2.errors.CheckViolation, match="Nobody approves in the name"):
        sql(
            "DO $$ BEGIN PERFORM set_config('chartroom.actor', %(other)s, true); END $$",
            decide,
            APPROVE,
            person=approver.pk,
            **values,
        )

    submitted.refresh_from_db()
    assert (submitted.status, submitted.approved_by_id) == ("SUBMITTED", None)


@pytest.mark.parametrize(
    "change",
    [
        "approved_by_id = %(clerk)s",
        "approved_by_id = (SELECT max(id) FROM accounts_user)",
        "approved_at = approved_at - interval '1 day'",
        "recipient_name = 'Somebody else'",
        "recipient_address = 'Elsewhere 1'",
        "purpose_note = 'other'",
        "scope = 'everything'",
        "received_on = received_on - 1",
        "page_count = page_count + 1",
    ],
)
def test_what_was_approved_stays_as_it_was(sql, ready, clerk, unit, change):
    make.make_user("SUPERVISOR", unit=unit)
    before = Request.objects.filter(pk=ready.pk).values().get()

    with pytest.raises(psycopg2.errors.CheckViolation):
        sql(
            f"UPDATE requests_release_request SET {change} WHERE id = %(request)s",
            request=ready.pk,
            clerk=clerk.pk,
        )

    assert Request.objects.filter(pk=ready.pk).values().get() == before


@pytest.mark.parametrize("setting", ["pgtrigger.ignore", "session_replication_role"])
def test_no_setting_switches_the_promise_off(sql, submitted, clerk, setting):
    values = {"request": submitted.pk, "person": clerk.pk}
    value = "replica" if setting == "session_replication_role" else "{requests_release_request:x}"

    with pytest.raises((psycopg2.errors.CheckViolation, psycopg2.errors.InsufficientPrivilege)):
        sql(f"SET LOCAL {setting} = '{value}'", APPROVE, **values)


def test_a_shadow_table_does_not_hide_the_preparers(sql, submitted, clerk, approver):
    sql(PREPARE, request=submitted.pk, person=approver.pk)

    with pytest.raises((psycopg2.errors.CheckViolation, psycopg2.errors.InsufficientPrivilege)):
        sql(
            "CREATE TEMP TABLE requests_release_requestpreparer"
            " (request_id bigint, person_id bigint)",
            APPROVE,
            request=submitted.pk,
            person=approver.pk,
        )


def test_the_database_knows_the_same_moves_as_the_rules(second_connection):
    pairs = list(itertools.product(RequestStatus.values, repeat=2))

    with second_connection.cursor() as cursor:
        cursor.execute(
            "SELECT a, b FROM unnest(%s::text[], %s::text[]) AS pair (a, b)"
            " WHERE requests_release_may_move(a, b)",
            [[one for one, _ in pairs], [two for _, two in pairs]],
        )
        known = set(cursor.fetchall())

    assert known == {
        (str(one), str(two)) for one, targets in transitions.MOVES.items() for two in targets
    }


def test_a_request_cannot_jump(sql, patient, clerk):
    request = make.make_request(patient, clerk)

    with pytest.raises(psycopg2.errors.CheckViolation, match="cannot go from LOGGED to APPROVED"):
        sql(APPROVE, request=request.pk, person=clerk.pk)


def test_a_request_without_documents_is_not_submitted(patient, clerk):
    request = make.make_request(patient, clerk)

    with pytest.raises(Exception, match="without documents"):
        make.bring(request, "IN_PREPARATION", "SUBMITTED", clerk=clerk)


def test_a_request_on_an_authorization_needs_one(patient, clerk, document):
    request = make.make_request(patient, clerk, basis="508")
    make.make_item(request, document, clerk)

    with pytest.raises(Exception, match="needs one that stands"):
        make.bring(request, "IN_PREPARATION", "SUBMITTED", clerk=clerk)
