"""What the database itself keeps, tried as the application role on committed rows."""

import io

import psycopg2
import pytest
from psycopg2 import errors

from audit import context
from audit.context import Origin
from audit.enums import Action
from audit.services import events, seals

pytestmark = [pytest.mark.committed, pytest.mark.promise]

TABLES = ("audit_event", "audit_eventsubject", "audit_rowchange", "audit_seal", "audit_epoch")
PARTITIONED = TABLES[:3]
REFUSED_TO_APP = (errors.InsufficientPrivilege,)
VALUES = {
    "actor_name": "Ana",
    "role": "CLERK",
    "action": "CHART_OPENED",
    "outcome": "SUCCESS",
    "request_id": "r",
}


@pytest.fixture
def app(second_connection, clerk):
    """The application role, beside one committed row in each table."""
    with context.acting(Origin(7, "Ana Mills", "CLERK", "r1", "s1", "10.0.0.1")):
        events.record(action=Action.PATIENTS_LISTED, patients=[5, 6])
    seals.seal_all()
    return second_connection.cursor()


@pytest.fixture
def owner(owner_connection):
    return owner_connection.cursor()


def count_all(cursor):
    counts = {}
    for table in TABLES:
        cursor.execute(f"SELECT count(*) FROM {table}")
        counts[table] = cursor.fetchone()[0]
    return counts


def columns_of(cursor, table):
    cursor.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0", [table]
    )
    return [name for (name,) in cursor.fetchall()]


def insert(**values):
    chosen = {name: value for name, value in (VALUES | values).items() if value is not None}
    marks = ", ".join(["%s"] * len(chosen))
    return f"INSERT INTO audit_event ({', '.join(chosen)}) VALUES ({marks})", list(chosen.values())


def test_every_table_has_rows_to_try_it_on(app):
    assert {table: count > 0 for table, count in count_all(app).items()} == dict.fromkeys(
        TABLES, True
    )


def tries_at(cursor, table):
    return [
        *(f"UPDATE {table} SET {name} = DEFAULT" for name in columns_of(cursor, table)),
        f"DELETE FROM {table}",
        f"TRUNCATE {table}",
        f"TRUNCATE {table} CASCADE",
        f"DROP TABLE {table}",
        f"ALTER TABLE {table} DISABLE TRIGGER ALL",
        f"ALTER TABLE {table} OWNER TO chartroom_app",
        f"CREATE TRIGGER t BEFORE INSERT ON {table} EXECUTE FUNCTION audit_stamp()",
        f"BEGIN; LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE",
        f"COMMENT ON TABLE {table} IS 'x'",
    ]


@pytest.mark.goal("G-26")
def test_application_can_change_no_row(app):
    before = count_all(app)

    for statement in [statement for table in TABLES for statement in tries_at(app, table)]:
        with pytest.raises(REFUSED_TO_APP):
            app.execute(statement)
        app.execute("ROLLBACK")

    assert count_all(app) == before


@pytest.mark.goal("G-26")
def test_application_cannot_take_other_rights(app):
    settings = [
        "SET session_replication_role = replica",
        "SELECT set_config('session_replication_role', 'replica', false)",
        "SET ROLE chartroom_owner",
        "SET SESSION AUTHORIZATION chartroom_owner",
        "SET row_security = off; RESET ROLE; ALTER ROLE chartroom_app SUPERUSER",
        "SET lo_compat_privileges = on",
    ]

    for setting in settings:
        with pytest.raises(REFUSED_TO_APP):
            app.execute(setting)


@pytest.mark.goal("G-26")
@pytest.mark.parametrize("role", ["app", "owner"])
def test_no_setting_switches_a_promise_off(request, app, role):
    cursor = request.getfixturevalue(role)
    before = count_all(cursor)
    settings = [
        "SELECT set_config('pgtrigger.ignore', '{audit_event:audit_event_insert_only}', false)",
        "SET pgtrigger.ignore = '{audit_event:audit_event_insert_only,audit_event:*}'",
        "SET chartroom.ignore = 'on'",
        "SET search_path = pg_temp, public",
    ]

    for setting in settings:
        cursor.execute(setting)
        for statement in ("UPDATE audit_event SET role = 'X'", "DELETE FROM audit_event"):
            with pytest.raises((*REFUSED_TO_APP, errors.RestrictViolation)):
                cursor.execute(statement)

    assert count_all(cursor) == before


@pytest.mark.goal("G-26")
def test_even_the_owner_is_refused_readably(app, owner):
    for table in TABLES:
        column = columns_of(owner, table)[-1]
        statements = {
            "UPDATE": f"UPDATE {table} SET {column} = {column}",
            "DELETE": f"DELETE FROM {table}",
            "TRUNCATE": f"TRUNCATE {table}",
        }
        for verb, statement in statements.items():
            with pytest.raises(errors.RestrictViolation, match=f"{verb} of {table}.* only ever"):
                owner.execute(statement)


def partitions_of(cursor, table):
    cursor.execute(
        "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = %s::regclass", [table]
    )
    return [name for (name,) in cursor.fetchall()]


@pytest.mark.goal("G-26")
@pytest.mark.parametrize("role", ["app", "owner"])
def test_partitions_keep_what_their_parent_promises(request, app, role):
    cursor = request.getfixturevalue(role)
    refused = (*REFUSED_TO_APP, errors.RestrictViolation)

    for table in PARTITIONED:
        partitions = partitions_of(cursor, table)
        assert len(partitions) == 5
        for partition in partitions:
            with pytest.raises(refused):
                cursor.execute(f"TRUNCATE {partition}")
        cursor.execute(f"SELECT tableoid::regclass::text FROM {table} LIMIT 1")
        (used,) = cursor.fetchone()
        for statement in (f"DELETE FROM {used}", f"UPDATE {used} SET epoch = 1"):
            with pytest.raises(refused):
                cursor.execute(statement)


def test_application_reaches_partitions_through_the_parent_only(app):
    for partition in [name for table in PARTITIONED for name in partitions_of(app, table)]:
        for statement in (f"SELECT FROM {partition}", f"INSERT INTO {partition} DEFAULT VALUES"):
            with pytest.raises(REFUSED_TO_APP):
                app.execute(statement)


@pytest.mark.goal("G-23")
@pytest.mark.goal("G-26")
def test_application_cannot_write_what_only_the_server_knows(app):
    before = count_all(app)
    forged = {"id": 1, "occurred_at": "2020-01-01", "txid": "1", "epoch": 9}

    for column, value in forged.items():
        statement, values = insert(**{column: value})
        line = "\t".join([*VALUES.values(), str(value)]) + "\n"
        with pytest.raises(REFUSED_TO_APP):
            app.execute(statement.replace(") VALUES", ") OVERRIDING SYSTEM VALUE VALUES"), values)
        with pytest.raises(REFUSED_TO_APP):
            app.copy_from(io.StringIO(line), "audit_event", columns=[*VALUES, column])

    assert count_all(app) == before


def test_owner_that_names_time_transaction_and_epoch_is_overruled(app, owner):
    owner.execute("SELECT statement_timestamp()")
    (before,) = owner.fetchone()
    statement, values = insert(occurred_at=before.replace(day=1, hour=0), txid="1", epoch=9)

    owner.execute(f"{statement} RETURNING occurred_at, txid::text::int, epoch", values)

    occurred_at, txid, epoch = owner.fetchone()
    assert (occurred_at >= before, txid > 100, epoch) == (True, True, 1)


def test_forged_time_of_another_month_is_refused(app, owner):
    with pytest.raises(errors.FeatureNotSupported, match="moving row to another partition"):
        owner.execute(*insert(occurred_at="2020-01-01"))


def test_application_may_copy_in_what_it_may_insert(app):
    text = "\t".join(VALUES.values()) + "\n"

    app.copy_from(io.StringIO(text), "audit_event", columns=list(VALUES))

    app.execute("SELECT count(*) FROM audit_event WHERE request_id = 'r' AND txid > '1'")
    assert app.fetchone() == (1,)


@pytest.mark.goal("G-23")
def test_event_that_says_too_little_is_refused(app):
    wrongs = [
        ({"actor_name": ""}, "audit_event_names_its_actor"),
        ({"role": ""}, "audit_event_names_its_actor"),
        ({"action": ""}, "audit_event_names_its_action"),
        ({"request_id": ""}, "audit_event_names_its_request"),
        ({"outcome": "MAYBE"}, "audit_event_outcome_is_known"),
        ({"subject_id": "5"}, "audit_event_subject_has_type"),
        ({"detail": "[1]"}, "audit_event_detail_is_object"),
    ]

    for wrong, constraint in wrongs:
        with pytest.raises(errors.CheckViolation, match=constraint):
            app.execute(*insert(**wrong))


@pytest.mark.goal("G-23")
def test_event_without_a_needed_column_is_refused(app):
    for missing in VALUES:
        with pytest.raises(errors.NotNullViolation, match=missing):
            app.execute(*insert(**{missing: None}))


@pytest.mark.goal("G-26")
def test_nobody_adds_a_patient_to_an_event_of_before(app):
    before = count_all(app)

    for event_id in ("(SELECT max(id) FROM audit_event)", "0", "999999"):
        with pytest.raises(errors.ForeignKeyViolation, match="same statement"):
            app.execute(
                "INSERT INTO audit_eventsubject (event_id, patient_id, position)"
                f" VALUES ({event_id}, 9, 1)"
            )

    assert count_all(app) == before


def test_patient_shown_needs_a_position_that_counts(app):
    statement, values = insert()
    with pytest.raises(errors.CheckViolation, match="audit_eventsubject_position_counts"):
        app.execute(
            f"WITH event AS ({statement} RETURNING id) INSERT INTO audit_eventsubject"
            " (event_id, patient_id, position) SELECT id, 5, 0 FROM event",
            values,
        )


@pytest.mark.goal("G-26")
def test_application_cannot_write_what_triggers_and_owner_write(app):
    statements = [
        "INSERT INTO audit_rowchange (table_name, operation, keys, columns)"
        " VALUES ('x', 'INSERT', '{1}', '{}')",
        "INSERT INTO audit_epoch (number, system_identifier, reason) VALUES (2, 1, 'x')",
        "SELECT audit_raise_epoch('x')",
        "SELECT audit_make_partition('audit_event', '2030-01-01')",
        "SELECT audit_make_default('audit_event')",
        "SELECT audit_empty_default('audit_event')",
        "SELECT audit_guard_partition('audit_event')",
    ]

    for statement in statements:
        with pytest.raises(REFUSED_TO_APP):
            app.execute(statement)
    with pytest.raises(REFUSED_TO_APP):
        app.copy_from(io.StringIO("x\n"), "audit_rowchange", columns=["table_name"])


SEAL = {
    "stream": "EVENT",
    "number": 99,
    "epoch": 1,
    "first_txid": "1",
    "first_id": 1,
    "last_txid": "2",
    "last_id": 2,
    "row_count": 1,
    "root": b"r" * 32,
    "leaves": b"l" * 40,
    "prev_hash": b"p" * 32,
    "hash": b"h" * 32,
    "key_id": "k",
    "signature": b"s" * 64,
    "sealed_at": "2026-11-23",
}


def test_seal_that_cannot_be_one_is_refused(app):
    app.execute("SELECT hash, prev_hash FROM audit_seal WHERE stream = 'EVENT'")
    first_hash, first_prev = app.fetchone()
    wrongs = [
        ({"stream": "OTHER"}, "audit_seal_stream_is_known"),
        ({"number": 1}, "audit_seal_number_is_unique"),
        ({"row_count": 0, "leaves": b""}, "audit_seal_closes_rows"),
        ({"leaves": b"short"}, "audit_seal_has_a_leaf_a_row"),
        ({"first_txid": "3"}, "audit_seal_bounds_in_order"),
        ({"first_txid": "2", "first_id": 3}, "audit_seal_bounds_in_order"),
        ({"root": b"x"}, "audit_seal_hashes_are_whole"),
        ({"hash": b"x"}, "audit_seal_hashes_are_whole"),
        ({"prev_hash": b"x"}, "audit_seal_hashes_are_whole"),
        ({"signature": b"x"}, "audit_seal_hashes_are_whole"),
        ({"hash": first_hash}, "audit_seal_hash_is_unique"),
        ({"prev_hash": first_prev}, "audit_seal_is_followed_once"),
    ]

    for wrong, constraint in wrongs:
        values = SEAL | wrong
        marks = ", ".join(["%s"] * len(values))
        with pytest.raises(psycopg2.IntegrityError, match=constraint):
            app.execute(
                f"INSERT INTO audit_seal ({', '.join(values)}) VALUES ({marks})",
                list(values.values()),
            )


def test_seal_that_could_be_one_is_taken(app):
    marks = ", ".join(["%s"] * len(SEAL))

    app.execute(f"INSERT INTO audit_seal ({', '.join(SEAL)}) VALUES ({marks})", list(SEAL.values()))

    assert app.rowcount == 1


def test_row_change_that_cannot_be_one_is_refused(app, owner):
    for operation in ("'MERGE'", "NULL"):
        with pytest.raises(psycopg2.IntegrityError, match="operation"):
            owner.execute(
                "INSERT INTO audit_rowchange (table_name, operation, keys, columns)"
                f" VALUES ('x', {operation}, '{{1}}', '{{}}')"
            )


def test_epoch_that_cannot_be_one_is_refused(app, owner):
    for values in ("(0, 1, 'x')", "(1, 1, 'x')", "(2, 1, '')", "(2, NULL, 'x')"):
        with pytest.raises(psycopg2.IntegrityError):
            owner.execute(
                f"INSERT INTO audit_epoch (number, system_identifier, reason) VALUES {values}"
            )


def test_shadow_tables_of_the_session_deceive_no_function(app, owner_connection):
    """The functions run with other rights, so they look at nothing in the caller's own schema."""
    app.execute("CREATE TEMP TABLE audit_epoch (number integer)")
    app.execute("INSERT INTO pg_temp.audit_epoch VALUES (99)")
    app.execute("CREATE TEMP TABLE audit_rowchange (LIKE public.audit_rowchange)")
    app.execute("CREATE TEMP TABLE audit_event_default (id bigint)")
    app.execute("INSERT INTO pg_temp.audit_event_default VALUES (1)")
    app.execute("SET search_path = pg_temp, public")

    app.execute(*insert())
    app.execute("SELECT epoch FROM public.audit_event WHERE request_id = 'r'")
    epoch = app.fetchone()
    app.execute("SELECT audit_is_default_used()")
    is_used = app.fetchone()
    app.execute("SELECT set_config('chartroom.actor', '1', false)")
    app.execute("UPDATE accounts_user SET display_name = 'Other'")
    app.execute("SELECT count(*) FROM pg_temp.audit_rowchange")

    assert (epoch, is_used, app.fetchone()) == ((1,), (False,), (0,))
