"""What PostgreSQL promises of readings of authorizations and of choices."""

import importlib

import psycopg2
import psycopg2.errors
import pytest

pytestmark = [pytest.mark.promise, pytest.mark.committed]


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
