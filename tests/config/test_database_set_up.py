"""The ground the other tests stand on."""

import threading

import psycopg2
import pytest
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.utils import timezone

from config.runtime import databases
from tests.servers import TEST


def add_row(key):
    """A row in a table that the application may freely write."""
    Session.objects.create(session_key=key, session_data="", expire_date=timezone.now())


def ask(link, question):
    with link.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_django_works_as_the_application_role():
    assert ask(connection, "SELECT current_user") == databases.APP
    assert ask(connection, "SELECT current_database()") == TEST.database
    assert (
        ask(connection, "SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole") == 0
    )


@pytest.mark.django_db
def test_connections_have_the_role_that_their_name_says(
    second_connection, owner_connection, superuser_connection
):
    assert ask(second_connection, "SELECT current_user") == databases.APP
    assert ask(owner_connection, "SELECT current_user") == databases.OWNER
    assert ask(superuser_connection, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user")


@pytest.mark.django_db
@pytest.mark.parametrize("attempt", [1, 2])
def test_rows_of_a_test_are_rolled_back(attempt, second_connection):
    assert not Session.objects.filter(session_key="of a test").exists()

    add_row("of a test")

    assert (
        ask(
            second_connection, "SELECT count(*) FROM django_session WHERE session_key = 'of a test'"
        )
        == 0
    )


@pytest.mark.committed
@pytest.mark.parametrize("attempt", [1, 2])
def test_rows_of_a_committed_test_are_seen_by_others_and_gone_afterwards(
    attempt, second_connection
):
    assert not Session.objects.filter(session_key="committed").exists()

    add_row("committed")

    assert (
        ask(
            second_connection, "SELECT count(*) FROM django_session WHERE session_key = 'committed'"
        )
        == 1
    )


@pytest.mark.committed
@pytest.mark.parametrize("attempt", [1, 2])
def test_open_transactions_of_others_do_not_stop_the_next_clone(attempt, app_dsn):
    links = [psycopg2.connect(**app_dsn) for _ in range(2)]
    for link in links:
        ask(link, "SELECT count(*) FROM django_session")

    def hold():
        with transaction.atomic():
            add_row("from a thread")

    thread = threading.Thread(target=hold)
    thread.start()
    thread.join()

    assert Session.objects.filter(session_key="from a thread").count() == 1


@pytest.mark.promise
@pytest.mark.committed
def test_template_has_what_migrations_made(superuser_connection):
    owners = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner <> %s"
    with superuser_connection.cursor() as cursor:
        cursor.execute(owners, [databases.OWNER])
        assert cursor.fetchone() == (0,)
    assert ask(connection, "SELECT count(*) > 50 FROM django_migrations") is True


@pytest.mark.promise
@pytest.mark.committed
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        "DROP TABLE django_migrations",
        "TRUNCATE django_migrations",
        "ALTER TABLE auth_group DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
        "SET ROLE chartroom_owner",
        "ALTER ROLE chartroom_app SUPERUSER",
        "COPY auth_group TO PROGRAM 'cat'",
        "CREATE SCHEMA mine",
    ],
)
def test_application_role_cannot_change_tables_or_itself(second_connection, statement):
    with (
        second_connection.cursor() as cursor,
        pytest.raises(psycopg2.errors.InsufficientPrivilege),
    ):
        cursor.execute(statement)
