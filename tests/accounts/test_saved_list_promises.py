"""What the database keeps of saved lists, tried as the application's own role."""

import pytest
from django.db import connection, transaction
from django.db.utils import OperationalError
from psycopg2 import errors

from accounts.roles import Role
from accounts.services import saved_lists
from tests.accounts.test_promises import attempt
from tests.factories.people import make_user

pytestmark = [pytest.mark.committed, pytest.mark.promise]
BOARD = "requests_release:request_board"
NEW = (
    "INSERT INTO accounts_savedlist (owner_id, route, name, query, is_shared, is_default, version,"
    " created_at) VALUES"
    " (%(owner)s, %(route)s, %(name)s, %(query)s, false, %(is_default)s, 1, %(at)s)"
    " RETURNING created_at > now() - interval '1 minute'"
)


@pytest.fixture
def clerk():
    return make_user(Role.CLERK)


@pytest.fixture
def row(clerk):
    return saved_lists.create(
        actor=clerk, route=BOARD, query="due=late", name="Late", is_shared=False, is_default=True
    )


@pytest.fixture
def app(second_connection, clerk):
    """The application role inside a transaction that names the clerk as its actor."""
    cursor = second_connection.cursor()
    cursor.execute("BEGIN")
    cursor.execute("SELECT set_config('chartroom.actor', %s, true)", [str(clerk.pk)])
    yield cursor
    cursor.execute("ROLLBACK")


def insert(cursor, clerk, **values):
    plain = {
        "owner": clerk.pk,
        "route": BOARD,
        "name": "Mine",
        "query": "mine=1",
        "is_default": False,
        "at": "2020-01-01",
    }
    return cursor.mogrify(NEW, plain | values).decode()


def test_plain_row_is_taken_and_stamped_by_the_server(app, row, clerk):
    app.execute(insert(app, clerk))

    assert app.fetchone() == (True,)


BROKEN = [
    ({"name": "LATE"}, "accounts_savedlist_name_is_given_once"),
    ({"is_default": True}, "accounts_savedlist_one_default"),
    ({"name": "  "}, "accounts_savedlist_has_a_name"),
    ({"route": "/release/?q=Smith"}, "accounts_savedlist_route_is_a_name"),
    *(
        ({"query": text}, "accounts_savedlist_holds_codes_alone")
        for text in ("", "due=", "due=late&", "?due=late", "name=Rosa+Mu%C3%B1oz", "a=b c", "a=x@y")
    ),
    *(
        ({"query": text}, "accounts_savedlist_names_no_patient")
        for text in (
            "patient=7",
            "due=late&patient=7",
            "mrn=455099",
            "q=Smith",
            "find_patient=455099",
            "chart=7",
            "request=ab-12",
            "release=3",
            "after=7",
            "due=late&page=2",
        )
    ),
]


def test_row_that_breaks_a_rule_is_refused_by_that_rule(app, row, clerk):
    found = [attempt(app, insert(app, clerk, **values)) for values, _ in BROKEN]

    assert [error and error.diag.constraint_name for error in found] == [name for _, name in BROKEN]


def test_nobody_keeps_a_list_in_another_name(app, row, clerk):
    refused = attempt(app, insert(app, clerk, owner=make_user(Role.CLERK).pk))

    assert "in the name of another person" in str(refused)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts_savedlist SET query = 'mine=1'",
        "UPDATE accounts_savedlist SET route = 'audit:event_list'",
        "UPDATE accounts_savedlist SET owner_id = owner_id",
        "UPDATE accounts_savedlist SET created_at = now()",
        "TRUNCATE accounts_savedlist",
    ],
)
def test_what_was_saved_stays_as_it_was(app, row, statement):
    assert isinstance(attempt(app, statement), errors.InsufficientPrivilege)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts_savedlist SET name = 'Other', version = 2",
        "DELETE FROM accounts_savedlist",
    ],
)
def test_write_without_an_actor_is_refused(app, row, statement):
    assert attempt(app, statement) is None
    app.execute("SELECT set_config('chartroom.actor', '', true)")

    assert "nobody is named as its actor" in str(attempt(app, statement))


def test_two_windows_do_not_save_the_same_last_place(second_connection, clerk):
    other = second_connection.cursor()
    other.execute("BEGIN")
    other.execute("SELECT FROM accounts_user WHERE id = %s FOR NO KEY UPDATE", [clerk.pk])

    with pytest.raises(OperationalError, match="lock timeout"):
        _save_without_patience(clerk)

    other.execute("ROLLBACK")


@transaction.atomic
def _save_without_patience(clerk):
    connection.cursor().execute("SET LOCAL lock_timeout = '50ms'")
    saved_lists.create(
        actor=clerk, route=BOARD, query="mine=1", name="Mine", is_shared=False, is_default=False
    )
