"""What PostgreSQL promises of marks and of takeovers, as the application's own role tries it."""

import psycopg2
import psycopg2.errors
import pytest

from requests_release.models import Comment, Mark, Request, TakeoverNotice

pytestmark = [pytest.mark.promise, pytest.mark.committed]

MARK = """
    INSERT INTO requests_release_mark (request_id, person_id, since, heard_at)
    VALUES (%(request)s, %(person)s, now(), now() + %(later)s::interval)
"""
COMMENT = """
    INSERT INTO requests_release_comment (request_id, text, made_at, made_by_id, took_over_from_id)
    VALUES (%(request)s, %(text)s, '2001-01-01', %(maker)s, %(before)s)
"""


@pytest.fixture
def marked(sql, logged, clerk):
    sql(MARK, request=logged.pk, person=clerk.pk, later="0")
    return logged


def test_a_request_has_one_holder_at_most(sql, marked, approver):
    with pytest.raises(psycopg2.errors.UniqueViolation):
        sql(MARK, request=marked.pk, person=approver.pk, later="0")


def test_nobody_is_heard_of_before_they_took_the_mark(sql, logged, clerk):
    with pytest.raises(psycopg2.errors.CheckViolation, match="heard_after_start"):
        sql(MARK, request=logged.pk, person=clerk.pk, later="-1 second")


def test_a_mark_stays_with_its_request(sql, marked):
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        sql("UPDATE requests_release_mark SET request_id = request_id")


def test_marks_are_never_emptied_all_at_once(sql, marked):
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        sql("TRUNCATE requests_release_mark")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE requests_release_mark SET person_id = %(person)s, heard_at = now(), since = since",
        "DELETE FROM requests_release_mark WHERE request_id = %(request)s",
    ],
)
def test_a_mark_is_a_lease_that_needs_no_name_and_leaves_the_request_as_it_was(
    second_connection, marked, approver, statement
):
    """No row changes are written of it, so nobody has to be named; the version stays."""
    before = Request.objects.values().get(pk=marked.pk)

    with second_connection.cursor() as cursor:
        cursor.execute(statement, {"request": marked.pk, "person": approver.pk})

    assert Request.objects.values().get(pk=marked.pk) == before
    assert [mark.person_id for mark in Mark.objects.all()] in ([approver.pk], [])


def test_a_takeover_names_two_people(sql, logged, clerk):
    with pytest.raises(psycopg2.errors.CheckViolation, match="takes_over_from_another"):
        sql(COMMENT, request=logged.pk, text="My own work", maker=clerk.pk, before=clerk.pk)


def test_a_takeover_says_why(sql, logged, clerk, approver):
    with pytest.raises(psycopg2.errors.CheckViolation, match="says_something"):
        sql(COMMENT, request=logged.pk, text="", maker=clerk.pk, before=approver.pk)


def test_a_takeover_has_the_servers_time_and_ones_own_name(sql, logged, clerk, approver):
    sql(COMMENT, request=logged.pk, text="Sam is ill", maker=clerk.pk, before=approver.pk)

    assert Comment.objects.get().made_at.year > 2001
    with pytest.raises(psycopg2.errors.CheckViolation, match="in the name of another person"):
        sql(COMMENT, request=logged.pk, text="Sam is ill", maker=approver.pk, before=clerk.pk)


@pytest.mark.parametrize("change", ["took_over_from_id = NULL", "text = 'Something else'"])
def test_a_takeover_is_not_rewritten(sql, logged, clerk, approver, change):
    sql(COMMENT, request=logged.pk, text="Sam is ill", maker=clerk.pk, before=approver.pk)

    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        sql(f"UPDATE requests_release_comment SET {change}")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE requests_release_takeovernotice SET person_id = person_id",
        "UPDATE requests_release_takeovernotice SET comment_id = comment_id",
        "DELETE FROM requests_release_takeovernotice",
        "TRUNCATE requests_release_takeovernotice",
    ],
)
def test_what_a_former_holder_was_told_is_only_noted_as_seen(
    sql, logged, clerk, approver, statement
):
    told = """
        INSERT INTO requests_release_takeovernotice (comment_id, person_id)
        SELECT id, %(before)s FROM requests_release_comment
    """
    values = {"request": logged.pk, "maker": clerk.pk, "before": approver.pk}
    sql(COMMENT, told, text="Sam is ill", **values)

    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        sql(statement)
    sql("UPDATE requests_release_takeovernotice SET seen_at = now()")
    assert TakeoverNotice.objects.get().seen_at is not None


def test_somebody_is_told_of_a_takeover_once(sql, logged, clerk, approver):
    told = """
        INSERT INTO requests_release_takeovernotice (comment_id, person_id)
        SELECT id, %(before)s FROM requests_release_comment
    """
    values = {"request": logged.pk, "maker": clerk.pk, "before": approver.pk}

    with pytest.raises(psycopg2.errors.UniqueViolation):
        sql(COMMENT, told, told, text="Sam is ill", **values)
