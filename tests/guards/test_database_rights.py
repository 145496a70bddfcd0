"""The application's database role can do exactly what is registered, and nothing unseen.

Everything is read from the catalog, so that a new table is judged the day it is made.
"""

from __future__ import annotations

import psycopg2
import pytest
from django.conf import settings

from audit import grants
from audit.grants import Grant
from tests.guards.world import World

APP = settings.DATABASE_APP_ROLE
TABLES = """
    SELECT c.relname, c.relispartition FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') ORDER BY 1
"""
TABLE_RIGHTS = """
    SELECT c.relname, a.privilege_type
    FROM pg_class c CROSS JOIN aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) a
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
      AND a.grantee IN (0, %s::regrole::oid)
"""
COLUMN_RIGHTS = """
    SELECT c.relname, a.privilege_type, t.attname
    FROM pg_attribute t JOIN pg_class c ON c.oid = t.attrelid CROSS JOIN aclexplode(t.attacl) a
    WHERE c.relnamespace = 'public'::regnamespace AND a.grantee IN (0, %s::regrole::oid)
"""
TRIGGERS = """
    SELECT c.relname, t.tgtype, p.proname, t.tgenabled FROM pg_trigger t
    JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE NOT t.tgisinternal AND c.relnamespace = 'public'::regnamespace
"""
# Bits of pg_trigger.tgtype.
ROW, BEFORE, INSERT, DELETE, UPDATE, TRUNCATE = 1, 2, 4, 8, 16, 32
VERBS = {"INSERT": INSERT, "UPDATE": UPDATE, "DELETE": DELETE, "TRUNCATE": TRUNCATE}
# Tables whose rows the application can only add, though no trigger says so to the owner.
ADDED_WITHOUT_TRIGGER = {
    "account_emailconfirmation": "allauth's; never filled here",
    "django_content_type": "Django's own; filled by migrate",
    "django_migrations": "Django's own; filled by migrate",
    "access_chartunit": "delete is registered",
}
# SECURITY DEFINER functions, each read: what it does with the owner's rights.
DEFINER_FUNCTIONS = {
    "access_forget_moves": "takes out why a destroyed chart was moved; its trigger asks that it is",
    "audit_is_default_used": "tells whether a default partition holds rows, and nothing else",
    "audit_make_partitions": "makes next months' partitions, takes no name from the caller",
    "audit_track_change": "writes row changes, which the application may not write itself",
    "retention_forget_words": "takes words out of histories of a chart that is destroyed, no other",
}
MADE_BY_MIGRATION = {
    "accounts_user": "the system's own row",
    "documents_documenttype": "the types of document that a house starts with",
    "retention_ageofmajority": "the law as it is loaded",
    "retention_schedulerule": "the law as it is loaded",
}


@pytest.fixture
def catalog(db, owner_connection):
    """Return a function that reads the catalog as the owner."""

    def read(sql, values=None):
        with owner_connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall()

    return read


@pytest.fixture
def tables(catalog):
    """Every table with whether it is a partition."""
    return dict(catalog(TABLES))


@pytest.fixture
def triggers(catalog):
    """What fires on each table: (bits, function)."""
    found: dict[str, set[tuple[int, str]]] = {}
    for table, bits, function, _ in catalog(TRIGGERS):
        found.setdefault(table, set()).add((bits, function))
    return found


def _tracked(triggers):
    return {
        table
        for table, found in triggers.items()
        if any(function == "audit_track_change" for _, function in found)
    }


@pytest.mark.goal("G-26")
def test_rights_on_tables_are_exactly_those_registered(catalog, tables):
    whole: dict[str, set[str]] = {name: set() for name in tables}
    for table, verb in catalog(TABLE_RIGHTS, [APP]):
        whole[table].add(verb)
    columns: dict[tuple[str, str], set[str]] = {}
    for table, verb, column in catalog(COLUMN_RIGHTS, [APP]):
        columns.setdefault((table, verb), set()).add(column)

    wanted = {name: _whole_rights(name, is_part) for name, is_part in tables.items()}
    wanted_columns = {
        (name, verb): set(given)
        for name, is_part in tables.items()
        if not is_part
        for verb, given in (
            ("INSERT", grants.registered().get(name, Grant()).insert),
            ("UPDATE", grants.registered().get(name, Grant()).update),
        )
        if isinstance(given, tuple)
    }
    assert whole == wanted
    assert columns == wanted_columns


def _whole_rights(table: str, is_partition: bool) -> set[str]:
    if is_partition:
        return set()
    grant = grants.registered().get(table, Grant())
    rights = {"SELECT"}
    rights |= {"INSERT"} if grant.insert is True else set()
    rights |= {"UPDATE"} if grant.update is True else set()
    return rights | ({"DELETE"} if grant.delete else set())


def test_every_registered_table_exists(tables):
    assert set(grants.registered()) - set(tables) == set()


@pytest.mark.goal("G-26")
def test_application_role_has_no_power_of_its_own(catalog):
    attributes = catalog(
        "SELECT rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls, rolinherit"
        " FROM pg_roles WHERE rolname = %s",
        [APP],
    )
    memberships = catalog(
        "SELECT roleid::regrole::text FROM pg_auth_members WHERE member = %s::regrole", [APP]
    )
    owned = catalog(
        "SELECT classid::regclass::text, objid FROM pg_shdepend"
        " WHERE deptype = 'o' AND refobjid = %s::regrole",
        [APP],
    )

    assert attributes[0][:5] == (False,) * 5
    assert memberships == []
    assert owned == []


@pytest.mark.goal("G-26")
def test_application_role_can_make_nothing(catalog):
    rights = catalog(
        "SELECT has_schema_privilege(%(app)s, 'public', 'CREATE'),"
        " has_database_privilege(%(app)s, current_database(), 'CREATE'),"
        " (SELECT count(*) FROM pg_namespace n WHERE nspname !~ '^pg_(toast|temp)'"
        "  AND has_schema_privilege(%(app)s, n.oid, 'CREATE'))",
        {"app": APP},
    )

    assert rights == [(False, False, 0)]


@pytest.mark.goal("G-26")
def test_sequences_can_be_counted_and_not_set(catalog):
    settable = catalog(
        "SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace"
        " AND CASE WHEN c.relkind = 'S' THEN has_sequence_privilege(%s, c.oid, 'UPDATE') END",
        [APP],
    )

    assert settable == []


@pytest.mark.goal("G-26")
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "SET session_replication_role = replica",
        "SET ROLE chartroom_owner",
        "SET SESSION AUTHORIZATION chartroom_owner",
        "ALTER TABLE audit_event DISABLE TRIGGER ALL",
        "ALTER TABLE audit_event OWNER TO CURRENT_USER",
        "DROP TABLE audit_event",
        "DROP TRIGGER audit_event_insert_only ON audit_event",
        "ALTER FUNCTION audit_track_change() RESET search_path",
        "CREATE OR REPLACE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql"
        " AS 'BEGIN RETURN NULL; END'",
        "GRANT ALL ON audit_event TO CURRENT_USER",
        "CREATE TRIGGER mine BEFORE INSERT ON audit_event EXECUTE FUNCTION audit_refuse_change()",
        "COPY audit_event TO PROGRAM 'cat'",
        "COPY audit_event TO '/tmp/stolen'",
        "ALTER SYSTEM SET log_statement = 'none'",
        "VACUUM FULL audit_event",
        "SELECT pg_read_file('/etc/passwd')",
        "SELECT lo_import('/etc/passwd')",
        "ALTER ROLE CURRENT_USER SUPERUSER",
    ],
)
@pytest.mark.django_db
def test_application_is_refused(second_connection, statement):
    refusals = (
        psycopg2.errors.InsufficientPrivilege,
        psycopg2.errors.InvalidParameterValue,
        psycopg2.errors.UndefinedObject,
        psycopg2.errors.DuplicateObject,
    )
    with second_connection.cursor() as cursor:
        try:
            cursor.execute(statement)
        except psycopg2.errors.InsufficientPrivilege:
            return
        except refusals as other:
            pytest.fail(f"refused for another reason: {other}")
        if statement.startswith("GRANT"):  # warns and grants nothing
            assert any("no privileges were granted" in line for line in second_connection.notices)
            return
        if statement.startswith("VACUUM"):  # warns and leaves the table alone
            assert any("skipping" in notice for notice in second_connection.notices)
            return
    pytest.fail("not refused")


@pytest.mark.goal("G-26")
def test_nothing_can_be_truncated(tables, second_connection):
    truncated = []
    with second_connection.cursor() as cursor:
        for table in tables:
            try:
                cursor.execute(f'TRUNCATE "{table}" CASCADE')
            except psycopg2.errors.InsufficientPrivilege:
                continue
            truncated.append(table)

    assert truncated == []


@pytest.mark.goal("G-26")
def test_functions_with_the_owners_rights_are_known_and_pinned(catalog):
    rows = catalog(
        "SELECT proname, proconfig FROM pg_proc"
        " WHERE prosecdef AND pronamespace = 'public'::regnamespace"
    )
    unpinned = [
        name
        for name, config in rows
        if not any(
            line.startswith("search_path=") and line.endswith("pg_temp") for line in config or ()
        )
    ]

    assert unpinned == []
    assert {name for name, _ in rows} == set(DEFINER_FUNCTIONS)


def test_trigger_functions_look_names_up_where_they_mean(catalog):
    """A temporary table of the session must not stand in for a table of ours."""
    rows = catalog(
        "SELECT proname FROM pg_proc p WHERE pronamespace = 'public'::regnamespace"
        " AND prorettype = 'trigger'::regtype AND proconfig IS NULL"
        " AND prosrc ~* '(from|into|update|join)\\s+(?!public\\.|pg_catalog\\.|new_rows|old_rows)"
        "[a-z_]+_[a-z_]+'"
    )

    assert [name for (name,) in rows] == []


@pytest.mark.goal("G-26")
@pytest.mark.goal("G-64")
def test_every_trigger_is_on(catalog):
    assert [row for row in catalog(TRIGGERS) if row[3] not in "OA"] == []


@pytest.mark.goal("G-26")
def test_tables_that_only_grow_have_the_triggers_that_say_so(catalog, tables, triggers):
    """UPDATE, DELETE and TRUNCATE are refused to the owner too, on every partition."""
    open_tables = []
    for table, is_partition in tables.items():
        grant = grants.registered().get(_parent(catalog, table) or table, Grant())
        grows_only = grant.insert and not grant.update and not grant.delete
        if not grows_only or table in ADDED_WITHOUT_TRIGGER or _keeps_itself(triggers, table):
            continue
        guarded = 0
        for bits, function in triggers.get(table, ()):
            # The others let the owner take words out of a destroyed chart's history, no more.
            if function in ("audit_refuse_change", *FORGETTING) and bits & BEFORE:
                guarded |= bits & (UPDATE | DELETE | TRUNCATE)
        if guarded != UPDATE | DELETE | TRUNCATE:
            open_tables.append((table, is_partition))

    assert open_tables == []


def _parent(catalog, table: str) -> str:
    rows = catalog(
        "SELECT inhparent::regclass::text FROM pg_inherits WHERE inhrelid = %s::regclass", [table]
    )
    return rows[0][0] if rows else ""


FORGETTING = ("access_keep_moves", "retention_keep_words")
SHARED_FUNCTIONS = ("audit_refuse_change", "audit_track_change", *FORGETTING)


def _keeps_itself(triggers, table: str) -> bool:
    """Whether triggers of the room's own refuse all three."""
    bits = 0
    for found, function in triggers.get(table, ()):
        if function not in SHARED_FUNCTIONS and found & BEFORE:
            bits |= found
    return bits & (UPDATE | DELETE | TRUNCATE) == UPDATE | DELETE | TRUNCATE


def test_list_of_tables_without_that_trigger_is_not_stale(tables):
    assert set(ADDED_WITHOUT_TRIGGER) - set(tables) == set()


@pytest.mark.goal("G-30")
def test_tracked_tables_are_tracked_for_every_verb(triggers):
    gaps = {
        table: missing
        for table in _tracked(triggers)
        if (
            missing := set(VERBS)
            - {
                verb
                for verb, bit in VERBS.items()
                for bits, function in triggers[table]
                if function == "audit_track_change" and bits & bit and not bits & ROW
            }
        )
    }

    assert gaps == {}


@pytest.mark.goal("G-31")
def test_no_tracked_table_is_written_without_an_actor(triggers, second_connection):
    """A statement that touches no row is enough: the trigger asks who before it looks at rows."""
    written = []
    tracked = sorted(_tracked(triggers))
    with second_connection.cursor() as cursor:
        for table in tracked:
            for statement in _empty_statements(table):
                try:
                    cursor.execute(statement)
                except psycopg2.errors.InsufficientPrivilege as refused:
                    if "nobody is named as its actor" in str(refused):
                        continue
                    written.append(f"{statement}: {refused}")
                else:
                    written.append(statement)

    assert len(tracked) > 30
    assert written == []


def _empty_statements(table: str) -> list[str]:
    grant = grants.registered().get(table, Grant())
    found = []
    if grant.insert is True:
        found.append(f"INSERT INTO {table} SELECT * FROM {table} WHERE false")
    if grant.update:
        found.append(f"UPDATE {table} SET {_column(table, grant)} = NULL WHERE false")
    if grant.delete:
        found.append(f"DELETE FROM {table} WHERE false")
    return found


def _column(table: str, grant: Grant) -> str:
    if isinstance(grant.update, tuple):
        return grant.update[0]
    return _model_columns(table)[-1]


def _model_columns(table: str) -> list[str]:
    from django.apps import apps

    models = apps.get_models(include_auto_created=True)
    model = next(model for model in models if model._meta.db_table == table)
    return [field.column for field in model._meta.concrete_fields]


@pytest.mark.goal("G-30")
@pytest.mark.committed
def test_every_row_and_every_way_of_writing_it_is_in_the_trail(second_connection, owner_connection):
    """Rows that services made, and plain SQL that passes all of them (G-30)."""
    World()
    with owner_connection.cursor() as cursor:
        cursor.execute(TRIGGERS)
        tracked = sorted({row[0] for row in cursor if row[2] == "audit_track_change"})

    escaped = {table: rows for table in tracked if (rows := _untold_rows(second_connection, table))}
    unseen = [fault for table in tracked for fault in _unseen_changes(second_connection, table)]

    assert escaped == {}
    assert unseen == []


def _key(cursor, table: str) -> str:
    """Return the expression that the table's trigger writes as the key of a row."""
    cursor.execute(
        "SELECT encode(tgargs, 'escape') FROM pg_trigger WHERE tgrelid = %s::regclass"
        " AND tgname LIKE '%%track_insert'",
        [table],
    )
    columns = cursor.fetchone()[0].split("\\000")[0].split(",")
    return f"concat_ws(',', {', '.join(columns)})"


def _untold_rows(connection, table: str) -> list[str]:
    """Return keys of rows that no row change tells of."""
    if table in MADE_BY_MIGRATION:
        return []
    with connection.cursor() as cursor:
        key = _key(cursor, table)
        cursor.execute(
            f"SELECT {key} FROM {table} EXCEPT SELECT unnest(keys) FROM audit_rowchange"
            " WHERE table_name = %s AND operation = 'INSERT' AND actor_id IS NOT NULL",
            [table],
        )
        return sorted(row for (row,) in cursor.fetchall())


def _unseen_changes(connection, table: str) -> list[str]:
    """Change and remove a row by plain SQL as the application; return what left no row change."""
    grant = grants.registered().get(table, Grant())
    faults = []
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        if cursor.fetchone()[0] == 0:
            return []
        if grant.delete:
            faults += _try(cursor, table, "DELETE", [f"DELETE FROM {table}"])
        if grant.update:
            named = grant.update if isinstance(grant.update, tuple) else _model_columns(table)
            faults += _try(cursor, table, "UPDATE", _updates(cursor, table, named))
    return faults


def _updates(cursor, table: str, columns) -> list[str]:
    """Return statements that change one column each; the first that no rule refuses is taken."""
    cursor.execute(
        "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute"
        " WHERE attrelid = %s::regclass AND attnum > 0",
        [table],
    )
    kinds = dict(cursor.fetchall())
    other = {
        "character varying": "coalesce({0}, '') || 'x'",
        "text": "coalesce({0}, '') || 'x'",
        "boolean": "NOT {0}",
        "integer": "coalesce({0}, 0) + 1",
        "smallint": "coalesce({0}, 0) + 1",
        "bigint": "coalesce({0}, 0) + 1",
        "date": "coalesce({0}, current_date) + 1",
        "timestamp with time zone": "coalesce({0}, now()) + interval '1 second'",
        "bytea": "'\\x00'::bytea",
        "uuid": "gen_random_uuid()",
    }
    return [
        f"UPDATE {table} SET {column} = {other[kinds[column]].format(column)}"
        for column in columns
        if kinds[column] in other
    ]


def _try(cursor, table: str, verb: str, statements: list[str]) -> list[str]:
    """Run the first statement that the table's own rules let pass, look, and roll back."""
    for statement in statements:
        cursor.execute("BEGIN")
        cursor.execute(
            "SELECT set_config('chartroom.actor', '1', true),"
            " set_config('chartroom.request', 'guard', true)"
        )
        try:
            cursor.execute(statement)
            touched = cursor.rowcount
            cursor.execute(
                "SELECT count(*) FROM audit_rowchange WHERE table_name = %s AND operation = %s"
                " AND txid = pg_current_xact_id() AND actor_id = 1 AND request_id = 'guard'",
                [table, verb],
            )
            told = cursor.fetchone()[0]
        except psycopg2.Error:
            continue
        finally:
            cursor.execute("ROLLBACK")
        return [] if told and touched else [f"{statement}: {touched} rows, {told} row changes"]
    return []
