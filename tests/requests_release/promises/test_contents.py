"""What PostgreSQL promises of what a request holds, its histories and its package."""

import psycopg2
import psycopg2.errors
import pytest

from tests.requests_release import factories as make

pytestmark = [pytest.mark.promise, pytest.mark.committed]


INSERT_ITEM = """
    INSERT INTO requests_release_requestitem
        (request_id, document_id, version_number, pages, added_at, added_by_id)
    VALUES (%(request)s, %(document)s, %(version)s, %(pages)s, now(), %(clerk)s)
"""


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
