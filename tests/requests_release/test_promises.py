"""What PostgreSQL promises of releases, tried from a connection of the application's own role."""

import importlib
import itertools
from datetime import timedelta

import psycopg2
import psycopg2.errors
import pytest
from django.utils import timezone

from requests_release.enums import RequestStatus
from requests_release.models import Request
from requests_release.rules import transitions
from tests.requests_release import factories as make

pytestmark = [pytest.mark.promise, pytest.mark.committed]

INSERT_DISCLOSURE = """
    INSERT INTO requests_release_disclosure (
        request_id, delivery_id, package_id, patient_id, recipient_name, recipient_address,
        description, purpose, basis, is_in_accounting, released_on, page_count, package_sha256,
        manifest_sha256, recorded_at, released_by_id)
    VALUES (%(request)s, %(delivery)s, %(package)s, %(patient)s, 'Court', '', 'Summary', 'Order',
            '512E_ORDER', true, '2026-11-20', 4, %(sha)s, %(manifest)s, now(), %(clerk)s)
"""
INSERT_DELIVERY = """
    INSERT INTO requests_release_delivery (
        request_id, package_id, method, token_hash, passcode_hash, failed_attempts, used_at,
        handed_on, tracking_note, created_at, created_by_id)
    VALUES (%(request)s, %(package)s, 'MAIL', '', '', 0, now(), '2026-11-20', '', now(), %(clerk)s)
    RETURNING id
"""
STEP = """
    INSERT INTO requests_release_requeststatuschange
        (request_id, from_status, to_status, reason, changed_at, changed_by_id)
    SELECT id, status, '{0}', '', now(), %(clerk)s
    FROM requests_release_request WHERE id = %(request)s;
    UPDATE requests_release_request SET status = '{0}' WHERE id = %(request)s
"""
DELIVER = STEP.format("DELIVERED")


@pytest.fixture
def unit():
    return make.make_unit()


@pytest.fixture
def clerk(unit):
    return make.make_user("CLERK", unit=unit)


@pytest.fixture
def approver(unit):
    return make.make_user("SUPERVISOR", unit=unit)


@pytest.fixture
def patient(unit):
    return make.make_patient(unit)


@pytest.fixture
def document(patient):
    return make.make_document(patient)


@pytest.fixture
def submitted(patient, clerk, document):
    request = make.make_request(patient, clerk)
    make.make_item(request, document, clerk)
    return make.bring(request, "IN_PREPARATION", "SUBMITTED", clerk=clerk)


@pytest.fixture
def ready(submitted, clerk, approver):
    return make.bring(submitted, "APPROVED", "PACKAGING", "READY", clerk=clerk, approver=approver)


@pytest.fixture
def package(ready):
    return make.make_package(ready)


@pytest.fixture
def sql(second_connection, clerk):
    """Run statements in one transaction of the application role, attributed to the clerk."""

    def run(*statements, **values):
        second_connection.autocommit = False
        try:
            with second_connection, second_connection.cursor() as cursor:
                cursor.execute("SELECT set_config('chartroom.actor', %s, true)", [str(clerk.pk)])
                for statement in statements:
                    cursor.execute(statement, values)
                    if cursor.description:
                        values["delivery"] = cursor.fetchone()[0]
        finally:
            second_connection.autocommit = True
        return values

    return run


def facts(ready, package, clerk):
    return {
        "request": ready.pk,
        "package": package.pk,
        "patient": ready.patient_id,
        "clerk": clerk.pk,
        "sha": package.sha256,
        "manifest": package.manifest_sha256,
    }


def test_delivery_disclosure_and_status_together_are_taken(sql, ready, package, clerk):
    sql(INSERT_DELIVERY, INSERT_DISCLOSURE, DELIVER, **facts(ready, package, clerk))

    ready.refresh_from_db()
    assert ready.status == "DELIVERED"
    assert ready.disclosure.package_sha256 == package.sha256


@pytest.mark.goal("G-54")
@pytest.mark.parametrize(
    "statements",
    [
        (DELIVER,),
        (INSERT_DELIVERY,),
        (INSERT_DELIVERY, DELIVER),
        (INSERT_DELIVERY, INSERT_DISCLOSURE),
        ("SET CONSTRAINTS ALL DEFERRED", DELIVER),
        (
            INSERT_DELIVERY,
            INSERT_DISCLOSURE,
            DELIVER,
            STEP.format("CLOSED"),
        ),
    ],
    ids=["status", "delivery", "no-disclosure", "no-status", "deferred", "closed-at-once"],
)
def test_one_without_the_others_is_refused(sql, ready, package, clerk, statements):
    with pytest.raises(psycopg2.errors.CheckViolation):
        sql(*statements, **facts(ready, package, clerk))

    ready.refresh_from_db()
    assert ready.status == "READY"
    assert ready.deliveries.count() == 0
    assert not hasattr(ready, "disclosure")


def test_copies_other_than_the_package_are_not_disclosed(sql, ready, package, clerk):
    values = facts(ready, package, clerk) | {"sha": "c" * 64}

    with pytest.raises(psycopg2.errors.CheckViolation, match="together with its disclosure"):
        sql(INSERT_DELIVERY, INSERT_DISCLOSURE, DELIVER, **values)


def test_a_second_disclosure_of_a_delivered_request_is_refused(sql, ready, package, clerk):
    values = facts(ready, package, clerk)
    values = sql(INSERT_DELIVERY, INSERT_DISCLOSURE, DELIVER, **values)

    with pytest.raises(psycopg2.errors.UniqueViolation):
        sql(INSERT_DISCLOSURE, **values)


@pytest.mark.parametrize(
    "changes",
    [
        (
            "INSERT INTO documents_documentstatuschange"
            " (document_id, from_status, to_status, reason, changed_at, changed_by_id)"
            " VALUES (%(document)s, 'CURRENT', 'VOIDED', 'wrong', now(), %(clerk)s)",
            "UPDATE documents_document SET status = 'VOIDED', voided_at = now(),"
            " voided_by_id = %(clerk)s, void_reason = 'wrong' WHERE id = %(document)s",
        ),
        ("UPDATE documents_document SET version_number = 2 WHERE id = %(document)s",),
    ],
    ids=["voided", "replaced"],
)
def test_a_document_changed_since_approval_stops_delivery(
    sql, ready, package, clerk, document, changes
):
    values = facts(ready, package, clerk) | {"document": document.pk}
    sql(*changes, **values)

    with pytest.raises(psycopg2.errors.CheckViolation, match="moved, voided or replaced"):
        sql(INSERT_DELIVERY, INSERT_DISCLOSURE, DELIVER, **values)


def test_when_and_by_whom_copies_were_disclosed_is_the_servers_word(
    sql, ready, package, clerk, approver
):
    values = facts(ready, package, clerk)
    forged = INSERT_DISCLOSURE.replace("now(), %(clerk)s", "'1999-01-01', %(other)s")
    with pytest.raises(psycopg2.errors.CheckViolation, match="in the name of another person"):
        sql(INSERT_DELIVERY, forged, DELIVER, other=approver.pk, **values)

    sql(INSERT_DELIVERY, forged, DELIVER, other=clerk.pk, **values)

    ready.refresh_from_db()
    assert ready.disclosure.released_by == clerk
    assert timezone.now() - ready.disclosure.recorded_at < timedelta(minutes=1)


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


INSERT_ITEM = """
    INSERT INTO requests_release_requestitem
        (request_id, document_id, version_number, pages, added_at, added_by_id)
    VALUES (%(request)s, %(document)s, %(version)s, %(pages)s, now(), %(clerk)s)
"""


@pytest.fixture
def logged(patient, clerk):
    return make.make_request(patient, clerk)


@pytest.mark.goal("G-54")
def test_another_patients_document_is_refused(sql, logged, unit, clerk):
    other = make.make_document(make.make_patient(unit))

    with pytest.raises(psycopg2.errors.CheckViolation, match="another patient"):
        sql(
            INSERT_ITEM,
            request=logged.pk,
            document=other.pk,
            version=1,
            pages=[1],
            clerk=clerk.pk,
        )


@pytest.mark.parametrize(
    ("version", "pages", "error"),
    [
        (2, [1], psycopg2.errors.ForeignKeyViolation),
        (1, [4], psycopg2.errors.CheckViolation),
        (1, [0], psycopg2.errors.CheckViolation),
        (1, [], psycopg2.errors.CheckViolation),
        (1, [None], psycopg2.errors.CheckViolation),
    ],
)
def test_pages_that_are_not_there_are_refused(sql, logged, document, clerk, version, pages, error):
    with pytest.raises(error):
        sql(
            INSERT_ITEM,
            request=logged.pk,
            document=document.pk,
            version=version,
            pages=pages,
            clerk=clerk.pk,
        )


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM requests_release_requestitem WHERE request_id = %(request)s",
        "UPDATE requests_release_requestitem SET pages = '{1}' WHERE request_id = %(request)s",
    ],
)
def test_items_are_fixed_once_submitted(sql, submitted, statement):
    with pytest.raises(psycopg2.errors.CheckViolation, match="fixed while it is SUBMITTED"):
        sql(statement, request=submitted.pk)


@pytest.mark.parametrize(
    "table",
    [
        "disclosure",
        "requeststatuschange",
        "requestpreparer",
        "requestassignment",
        "requestchoice",
        "comment",
        "accounting",
    ],
)
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "TRUNCATE {}", "UPDATE {} SET id = id"])
def test_histories_are_insert_only(sql, table, statement):
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        sql(statement.format(f"requests_release_{table}"))


@pytest.mark.parametrize(
    "table",
    ["disclosure", "requeststatuschange", "requestpreparer", "requestassignment", "requestchoice"],
)
def test_not_even_a_superuser_changes_histories_by_mistake(superuser_connection, table, submitted):
    with superuser_connection.cursor() as cursor, pytest.raises(psycopg2.errors.RestrictViolation):
        cursor.execute(f"TRUNCATE requests_release_{table} CASCADE")


def test_nobody_gives_a_request_in_the_name_of_another_person(sql, submitted, clerk, approver):
    given = """
        INSERT INTO requests_release_requestassignment
            (request_id, person_id, version, is_undoing, assigned_at, assigned_by_id)
        VALUES (%(request)s, %(clerk)s, 2, false, now(), %(giver)s)
    """
    with pytest.raises(psycopg2.errors.CheckViolation, match="in the name of another person"):
        sql(given, request=submitted.pk, clerk=clerk.pk, giver=approver.pk)


@pytest.mark.parametrize(
    "change",
    ["sha256 = 'x'", "manifest = '{}'", "state = 'BUILDING'", "page_count = 1"],
)
def test_a_finished_package_is_fixed(sql, package, change):
    with pytest.raises(psycopg2.errors.CheckViolation):
        sql(f"UPDATE requests_release_package SET {change} WHERE id = %(id)s", id=package.pk)


def test_an_unattributed_write_is_refused(second_connection, submitted):
    with (
        second_connection.cursor() as cursor,
        pytest.raises(psycopg2.errors.InsufficientPrivilege, match="nobody is named"),
    ):
        cursor.execute(
            "UPDATE requests_release_request SET scope = 'all' WHERE id = %s", [submitted.pk]
        )


INSERT_AUTHORIZATION = """
    INSERT INTO requests_release_authorization (
        request_id, document_id, version_number, scope, classes, recipients, purpose, signed_on,
        is_signed_by_patient, signer_name, authority, is_authority_proven, expires_on, expiry_event,
        has_event_occurred, names_us, has_revocation_statement, has_condition_statement,
        has_redisclosure_statement, has_remuneration_statement, is_plain, is_sought_by_us,
        is_copy_given, is_conditioned, is_combined, is_known_false, revoked_on,
        revocation_recorded_by_id, revocation_recorded_at, recorded_at, recorded_by_id)
    VALUES (%(request)s, %(document)s, 1, '', '{}', '{}', '', %(signed)s, true, '', '', false,
            %(expires)s, '', false, false, false, false, false, false, false, false, false, false,
            false, false, %(revoked)s, %(revoker)s, %(noted)s, now(), %(clerk)s)
"""
ENDS, REVOKED = "expires_after_signature", "revoked_after_signature"


@pytest.mark.parametrize(
    ("signed", "expires", "revoked", "broken"),
    [
        ("2026-11-03", "2026-11-02", None, ENDS),
        ("2026-11-03", "2026-11-03", None, ""),
        ("2026-11-03", "2027-11-03", "2026-11-03", ""),
        ("2026-11-03", None, None, ""),
        (None, "2026-11-02", "2026-11-02", ""),
        ("2026-11-03", None, "2026-11-02", REVOKED),
        # From before the rule, and revoked: it carries nothing any more.
        ("2026-11-03", "2026-11-02", "2026-11-04", ""),
    ],
)
def test_the_days_of_an_authorization_follow_each_other(
    sql, logged, document, clerk, signed, expires, revoked, broken
):
    values = {
        "request": logged.pk,
        "document": document.pk,
        "clerk": clerk.pk,
        "signed": signed,
        "expires": expires,
        "revoked": revoked,
        "revoker": clerk.pk if revoked else None,
        "noted": "2026-11-05" if revoked else None,
    }

    if not broken:
        sql(INSERT_AUTHORIZATION, **values)
        assert logged.authorizations.count() == 1
        return
    with pytest.raises(psycopg2.errors.CheckViolation, match=broken):
        sql(INSERT_AUTHORIZATION, **values)


def test_the_order_of_days_is_whole_where_no_row_contradicts_it(second_connection):
    with second_connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname, convalidated FROM pg_constraint WHERE conname LIKE %s"
            " AND conrelid = 'requests_release_authorization'::regclass ORDER BY conname",
            ["%_after_signature"],
        )
        found = cursor.fetchall()

    assert found == [(f"requests_release_authorization_{name}", True) for name in (ENDS, REVOKED)]


def test_a_house_that_took_such_a_form_before_goes_on_with_it(
    superuser_connection, logged, document, clerk
):
    migration = importlib.import_module("requests_release.migrations.0008_order_of_days")
    table = "ALTER TABLE requests_release_authorization"
    name = migration.NAMES[0]
    values = {"request": logged.pk, "document": document.pk, "clerk": clerk.pk, "revoker": None}
    days = {"signed": "2026-11-03", "expires": "2026-11-02", "revoked": None, "noted": None}
    superuser_connection.autocommit = False

    with superuser_connection.cursor() as cursor:
        cursor.execute("SELECT set_config('chartroom.actor', %s, true)", [str(clerk.pk)])
        cursor.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [name]
        )
        rule = cursor.fetchone()[0]
        cursor.execute(f"{table} DROP CONSTRAINT {name}")
        cursor.execute(INSERT_AUTHORIZATION, values | days)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"{table} ADD CONSTRAINT {name} {rule} NOT VALID")
        cursor.execute(migration.VALIDATE)
        cursor.execute("SELECT convalidated FROM pg_constraint WHERE conname = %s", [name])
        is_whole = cursor.fetchone()[0]
        cursor.execute(
            "UPDATE requests_release_authorization"
            " SET revoked_on = '2026-11-04', revocation_recorded_by_id = %s,"
            " revocation_recorded_at = now()",
            [clerk.pk],
        )
        revoked = cursor.rowcount
    superuser_connection.rollback()

    assert (is_whole, revoked) == (False, 1)


@pytest.mark.parametrize(("by", "at"), [(True, None), (False, "2026-11-05")])
def test_a_revocation_has_its_person_and_its_time(sql, logged, document, clerk, by, at):
    values = {
        "request": logged.pk,
        "document": document.pk,
        "clerk": clerk.pk,
        "signed": None,
        "expires": None,
        "revoked": "2026-11-04" if by else None,
        "revoker": clerk.pk if by else None,
        "noted": at,
    }

    with pytest.raises(psycopg2.errors.CheckViolation, match="revocation_at_and_by_together"):
        sql(INSERT_AUTHORIZATION, **values)


INSERT_CHOICE = """
    INSERT INTO requests_release_requestchoice (
        request_id, added_count, removed_count, changed_count, document_count, page_count,
        chosen_at, chosen_by_id)
    VALUES (%(request)s, %(added)s, %(removed)s, %(changed)s, %(documents)s, %(pages)s, now(),
            %(person)s)
"""


@pytest.mark.parametrize(
    ("added", "removed", "changed", "documents", "pages", "broken"),
    [
        (3, 0, 0, 3, 12, ""),
        (0, 1, 0, 0, 0, ""),
        (0, 0, 1, 2, 2, ""),
        (0, 0, 0, 2, 5, "changes_something"),
        (2, 0, 1, 2, 5, "numbers_agree"),
        (1, 0, 0, 3, 2, "numbers_agree"),
        (-1, 1, 0, 3, 3, "added_count"),
    ],
)
def test_the_numbers_of_a_choice_agree(
    sql, logged, clerk, added, removed, changed, documents, pages, broken
):
    values = {"added": added, "removed": removed, "changed": changed}
    values |= {"request": logged.pk, "documents": documents, "pages": pages, "person": clerk.pk}

    if not broken:
        sql(INSERT_CHOICE, **values)
        assert logged.choices.count() == 1
        return
    with pytest.raises(psycopg2.errors.CheckViolation, match=broken):
        sql(INSERT_CHOICE, **values)


def test_nobody_chooses_in_the_name_of_another_person(sql, logged, approver):
    values = {"request": logged.pk, "added": 1, "removed": 0, "changed": 0}
    values |= {"documents": 1, "pages": 1, "person": approver.pk}

    with pytest.raises(psycopg2.errors.CheckViolation, match="in the name of another person"):
        sql(INSERT_CHOICE, **values)
