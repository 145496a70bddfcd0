"""What the database keeps of people and roles, tried as the application's own role."""

import psycopg2
import pytest
from psycopg2 import errors

from accounts.roles import Role
from tests.factories.people import make_user

pytestmark = [pytest.mark.committed, pytest.mark.promise]


@pytest.fixture
def user():
    return make_user(Role.CLERK)


@pytest.fixture
def app(second_connection):
    return second_connection.cursor()


@pytest.fixture
def attributed(app, user):
    """The application role inside a transaction that names an actor."""
    app.execute("BEGIN")
    app.execute("SELECT set_config('chartroom.actor', %s, true)", [str(user.pk)])
    yield app
    app.execute("ROLLBACK")


NEW_USER = (
    "INSERT INTO accounts_user (password, username, email, display_name, is_active, is_superuser,"
    " must_change_password, created_at, disabled_at, disabled_by_id)"
    " VALUES ('!', {username}, {email}, 'Eve', {active}, {superuser}, false, now(), {at}, {by})"
)
PLAIN = {
    "username": "'eve'",
    "email": "'eve@example.org'",
    "active": "true",
    "superuser": "false",
    "at": "NULL",
    "by": "NULL",
}


def insert(**values):
    return NEW_USER.format(**PLAIN | values)


def test_plain_row_would_be_taken(attributed):
    attributed.execute(insert())

    assert attributed.rowcount == 1


def attempt(cursor, statement):
    """Try a statement in a savepoint; return the error, or None."""
    cursor.execute("SAVEPOINT before")
    try:
        cursor.execute(statement)
    except psycopg2.Error as error:
        return error
    finally:
        cursor.execute("ROLLBACK TO SAVEPOINT before")
    return None


BROKEN = [
    ({"superuser": "true"}, "accounts_user_nobody_is_superuser"),
    ({"username": "'SYSTEM'"}, "accounts_user_username_is_unique"),
    ({"at": "now()", "active": "false"}, "accounts_user_disabled_at_and_by_together"),
    ({"by": "1", "active": "false"}, "accounts_user_disabled_at_and_by_together"),
    ({"at": "now()", "by": "1"}, "accounts_user_disabled_is_not_active"),
]


def test_row_that_breaks_a_rule_is_refused_by_that_rule(attributed):
    found = [attempt(attributed, insert(**values)) for values, _ in BROKEN]

    assert [error.diag.constraint_name for error in found] == [name for _, name in BROKEN]


def test_address_is_unique_in_any_case_of_letters(attributed, user):
    with pytest.raises(errors.UniqueViolation) as refused:
        attributed.execute(insert(email=f"'{user.email.upper()}'"))

    assert refused.value.diag.constraint_name == "accounts_user_email_is_unique"


def test_two_people_may_be_without_an_address(attributed):
    attributed.execute(insert(email="''"))

    assert attributed.rowcount == 1


UNNAMED = [
    "UPDATE accounts_user SET display_name = 'Eve' WHERE id = {user}",
    "UPDATE accounts_user SET is_active = true",
    "INSERT INTO accounts_user_groups (user_id, group_id)"
    " SELECT {user}, id FROM auth_group WHERE name = 'COMPLIANCE'",
    "DELETE FROM accounts_user_groups",
]


@pytest.mark.parametrize(
    "setting",
    [
        "SELECT 1",
        "SELECT set_config('chartroom.actor', '', true)",
        "SELECT set_config('pgtrigger.ignore', '{accounts_user:*}', true)",
    ],
)
def test_write_without_an_actor_is_refused(app, user, setting):
    app.execute("BEGIN")
    app.execute(setting)

    refusals = [str(attempt(app, text.format(user=user.pk))) for text in [insert(), *UNNAMED]]

    app.execute("ROLLBACK")
    assert ["nobody is named as its actor" in text for text in refusals] == [True] * 5
    app.execute("SELECT count(*) FROM accounts_user_groups WHERE user_id = %s", [user.pk])
    assert app.fetchone() == (1,)


FORBIDDEN = [
    "DELETE FROM accounts_user",
    "TRUNCATE accounts_user CASCADE",
    "TRUNCATE accounts_user_groups",
    "UPDATE accounts_user_groups SET group_id = group_id",
    "INSERT INTO auth_group (name) VALUES ('ROOT')",
    "UPDATE auth_group SET name = 'ROOT'",
    "DELETE FROM auth_group",
    "UPDATE auth_permission SET codename = codename",
    "INSERT INTO accounts_user_user_permissions (user_id, permission_id) VALUES (1, 1)",
    "INSERT INTO auth_group_permissions (group_id, permission_id) VALUES (1, 1)",
    "INSERT INTO guardian_userobjectpermission (object_pk, content_type_id, permission_id,"
    " user_id) VALUES ('1', 1, 1, 1)",
    "INSERT INTO guardian_groupobjectpermission (object_pk, content_type_id, permission_id,"
    " group_id) VALUES ('1', 1, 1, 1)",
]


def test_application_has_no_grant_for_it(attributed):
    found = {statement: type(attempt(attributed, statement)) for statement in FORBIDDEN}

    assert found == dict.fromkeys(FORBIDDEN, errors.InsufficientPrivilege)
