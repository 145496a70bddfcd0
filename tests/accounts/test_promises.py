"""What the database keeps of people and roles, tried as the application's own role."""

import contextlib
import importlib
import threading
import time

import psycopg2
import pytest
from django.core.management.base import CommandError
from django.db import connection
from psycopg2 import errors

from accounts.roles import Role
from accounts.rules import roles as rules
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


# --- the administrator stands alone ---------------------------------------------------------------

GIVE = (
    "INSERT INTO accounts_user_groups (user_id, group_id)"
    " SELECT {user}, id FROM auth_group WHERE name = '{role}'"
)
TAKE = (
    "DELETE FROM accounts_user_groups WHERE user_id = {user}"
    " AND group_id = (SELECT id FROM auth_group WHERE name = '{role}')"
)
ALONE = "accounts_user_groups_administrator_alone"


@contextlib.contextmanager
def transaction_of(dsn, actor, isolation="READ COMMITTED"):
    """A session of the application role, inside a transaction that names an actor."""
    with contextlib.closing(psycopg2.connect(**dsn)) as session:
        cursor = session.cursor()
        cursor.execute(f"SET TRANSACTION ISOLATION LEVEL {isolation}")
        cursor.execute("SELECT set_config('chartroom.actor', %s, true)", [str(actor.pk)])
        yield session, cursor


def held_by(cursor, user):
    cursor.execute(
        "SELECT role.name FROM accounts_user_groups member"
        " JOIN auth_group role ON role.id = member.group_id"
        " WHERE member.user_id = %s ORDER BY role.name",
        [user.pk],
    )
    return [name for (name,) in cursor.fetchall()]


def committed(dsn, user, statements, isolation="READ COMMITTED"):
    """Run and commit; return the constraint that refused it, or an empty text."""
    with transaction_of(dsn, user, isolation) as (session, cursor):
        try:
            for text, role in statements:
                cursor.execute(text.format(user=user.pk, role=role))
            session.commit()
        except psycopg2.Error as error:
            return error.diag.constraint_name or str(error)
    return ""


PAIRS = [(held, given) for held in Role for given in Role if held != given]


@pytest.mark.parametrize(("held", "given"), PAIRS)
def test_administrator_beside_another_role_is_refused_at_commit_as_the_rule_says(
    app, app_dsn, held, given
):
    user = make_user(held)

    refused_by = committed(app_dsn, user, [(GIVE, given.value)])

    may = rules.may_be_held_together([held, given])
    assert refused_by == ("" if may else ALONE)
    assert held_by(app, user) == sorted([held.value, given.value] if may else [held.value])


def test_refusal_says_why(app_dsn, user):
    with transaction_of(app_dsn, user) as (session, cursor):
        cursor.execute(GIVE.format(user=user.pk, role="ADMINISTRATOR"))
        with pytest.raises(errors.CheckViolation, match="An administrator sees no patient"):
            session.commit()


@pytest.mark.parametrize(
    "order",
    [[(GIVE, "ADMINISTRATOR"), (TAKE, "CLERK")], [(TAKE, "CLERK"), (GIVE, "ADMINISTRATOR")]],
    ids=["given first", "taken first"],
)
def test_one_role_is_exchanged_for_the_other_within_one_transaction(app, app_dsn, user, order):
    assert committed(app_dsn, user, order) == ""
    assert held_by(app, user) == ["ADMINISTRATOR"]


TRICKS = [
    "SET CONSTRAINTS ALL DEFERRED",
    "SET CONSTRAINTS ALL IMMEDIATE",
    "SELECT set_config('pgtrigger.ignore', '{accounts_user_groups:*}', true)",
    "SET LOCAL search_path = pg_temp, public",
    "CREATE TEMP TABLE auth_group (id int, name text)",
]


@pytest.mark.parametrize("trick", TRICKS)
def test_no_setting_of_the_application_switches_it_off(app, app_dsn, user, trick):
    given = GIVE.replace("FROM auth_group", "FROM public.auth_group")

    assert (
        committed(
            app_dsn,
            user,
            [(trick.replace("{", "{{").replace("}", "}}"), ""), (given, "ADMINISTRATOR")],
        )
        == ALONE
    )
    assert held_by(app, user) == ["CLERK"]


@pytest.mark.parametrize(
    "statement",
    [
        "SET LOCAL session_replication_role = replica",
        f"ALTER TABLE accounts_user_groups DISABLE TRIGGER {ALONE}",
        f"DROP TRIGGER {ALONE} ON accounts_user_groups",
        "CREATE OR REPLACE FUNCTION accounts_keep_administrator_alone() RETURNS trigger"
        " LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    ],
)
def test_application_cannot_take_it_away(attributed, statement):
    assert isinstance(attempt(attributed, statement), errors.InsufficientPrivilege)


@pytest.mark.parametrize("isolation", ["REPEATABLE READ", "SERIALIZABLE"])
def test_no_role_is_given_where_the_newest_roles_may_not_be_seen(app, app_dsn, user, isolation):
    refused = committed(app_dsn, user, [(GIVE, "PROVIDER")], isolation)

    assert "may not see the newest roles" in refused
    assert held_by(app, user) == ["CLERK"]


def test_of_two_sessions_that_give_at_once_the_second_waits_and_is_refused(app, app_dsn):
    user, found = make_user(), {}

    def second(session):
        try:
            session.commit()
            found["second"] = ""
        except psycopg2.Error as error:
            found["second"] = error.diag.constraint_name

    with (
        transaction_of(app_dsn, user) as (one, first),
        transaction_of(app_dsn, user) as (two, other),
    ):
        first.execute(GIVE.format(user=user.pk, role="CLERK"))
        other.execute(GIVE.format(user=user.pk, role="ADMINISTRATOR"))
        first.execute("SET CONSTRAINTS ALL IMMEDIATE")
        waiting = threading.Thread(target=second, args=(two,))
        waiting.start()
        assert is_soon(lambda: waits_for_lock(app, two))
        one.commit()
        waiting.join(timeout=20)

    assert found == {"second": ALONE}
    assert held_by(app, user) == ["CLERK"]


def waits_for_lock(app, session):
    app.execute(
        "SELECT wait_event_type FROM pg_stat_activity WHERE pid = %s", [session.info.backend_pid]
    )
    return app.fetchone() == ("Lock",)


def is_soon(condition, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False


@pytest.mark.long
def test_no_race_of_two_sessions_ends_with_both_roles(app, app_dsn):
    outcomes = []
    for _ in range(20):
        user, barrier, found = make_user(), threading.Barrier(2), []

        def run(role, user=user, barrier=barrier, found=found):
            with transaction_of(app_dsn, user) as (session, cursor):
                cursor.execute(GIVE.format(user=user.pk, role=role))
                barrier.wait(timeout=20)
                try:
                    session.commit()
                    found.append("")
                except psycopg2.Error as error:
                    found.append(error.diag.constraint_name)

        threads = [
            threading.Thread(target=run, args=(role,)) for role in ("CLERK", "ADMINISTRATOR")
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=20)
        outcomes.append((sorted(found), len(held_by(app, user))))

    assert outcomes == [(["", ALONE], 1)] * 20


# --- a house that gave both before ----------------------------------------------------------------

MIGRATION = importlib.import_module("accounts.migrations.0004_administrator_alone")


class Editor:
    """As much of Django's schema editor as the look at what stands takes."""

    connection = connection


@pytest.fixture
def give_both(superuser_connection):
    """Let people hold both roles, as a house could before the promise."""

    def give(*users):
        with superuser_connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            for user in users:
                cursor.execute(GIVE.format(user=user.pk, role="ADMINISTRATOR"))
            cursor.execute("RESET session_replication_role")
        if not superuser_connection.autocommit:
            superuser_connection.commit()

    return give


def test_migration_names_those_who_hold_both_and_decides_for_nobody(app, give_both):
    rosa, eve = (make_user(Role.CLERK, username=name) for name in ("rosa", "eve"))
    make_user(Role.ADMINISTRATOR, username="adam")
    make_user(Role.CLERK, Role.PROVIDER, username="ben")
    give_both(rosa, eve)

    with pytest.raises(CommandError) as refused:
        MIGRATION.refuse_what_stands(None, Editor)

    said = str(refused.value)
    assert "hold Administrator together with another role: 2." in said
    assert said.endswith("They sign in as: eve, rosa.")
    assert [held_by(app, user) for user in (rosa, eve)] == [["ADMINISTRATOR", "CLERK"]] * 2


def test_migration_names_twenty_and_counts_the_rest(monkeypatch, give_both):
    monkeypatch.setattr(MIGRATION, "MOST_NAMED", 1)
    give_both(*(make_user(Role.CLERK, username=name) for name in ("rosa", "eve", "ann")))

    with pytest.raises(CommandError, match=r"role: 3\..*They sign in as: ann and 2 more\.$"):
        MIGRATION.refuse_what_stands(None, Editor)


def test_migration_goes_on_where_nobody_holds_both():
    make_user(Role.ADMINISTRATOR)
    make_user(Role.CLERK, Role.SUPERVISOR)

    assert MIGRATION.refuse_what_stands(None, Editor) is None
