"""Row changes: written by triggers for every verb, refused where nobody is named."""

import io

import psycopg2
import pytest
from psycopg2 import errors

from audit.append_only import InsertOnly, TrackChanges

pytestmark = [pytest.mark.committed, pytest.mark.promise]

TABLE = "CREATE TABLE toy (id bigint PRIMARY KEY, name text, size numeric, search text)"
PAIR = "CREATE TABLE pair (a integer, b text, note text, PRIMARY KEY (a, b))"


@pytest.fixture
def owner(owner_connection):
    """The owner, who has made two tracked tables."""
    cursor = owner_connection.cursor()
    for statement in (TABLE, PAIR):
        cursor.execute(statement)
    for operation in (TrackChanges("toy", derived=["search"]), TrackChanges("pair", ["a", "b"])):
        for name, rest in operation.triggers().items():
            cursor.execute(f'CREATE TRIGGER "{name}" {rest}')
    cursor.execute("GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON toy, pair TO chartroom_app")
    return cursor


@pytest.fixture
def app(owner, second_connection):
    """The application role, acting for person 7 in request r1."""
    cursor = second_connection.cursor()
    cursor.execute(
        "SELECT set_config('chartroom.actor', '7', false),"
        " set_config('chartroom.request', 'r1', false)"
    )
    return cursor


def changes(cursor, table="toy"):
    cursor.execute(
        "SELECT operation, keys, columns FROM audit_rowchange WHERE table_name = %s ORDER BY id",
        [table],
    )
    return cursor.fetchall()


@pytest.fixture
def three(app, owner):
    """Three rows, whose own change is forgotten by the reader."""
    app.execute("INSERT INTO toy VALUES (1, 'a', 1, ''), (2, 'b', 2, ''), (3, 'c', 3, '')")
    before = len(changes(app))
    return lambda: changes(app)[before:]


@pytest.mark.goal("G-30")
def test_insert_is_one_row_for_all_keys_with_actor_and_request(app):
    app.execute("INSERT INTO toy (id) SELECT n FROM generate_series(1, 3) AS n")

    assert changes(app) == [("INSERT", ["1", "2", "3"], [])]
    app.execute("SELECT actor_id, request_id, epoch FROM audit_rowchange WHERE table_name = 'toy'")
    assert app.fetchall() == [(7, "r1", 1)]


@pytest.mark.goal("G-30")
def test_copy_is_seen(app):
    app.copy_from(io.StringIO("1\n2\n"), "toy", columns=["id"])

    assert changes(app) == [("INSERT", ["1", "2"], [])]


def test_a_great_many_keys_are_split_over_rows(app):
    app.execute("INSERT INTO toy (id) SELECT n FROM generate_series(1, 2500) AS n")
    app.execute("UPDATE toy SET name = 'x'")
    app.execute("DELETE FROM toy")

    found = [(operation, len(keys), columns) for operation, keys, columns in changes(app)]
    assert found == [
        (operation, count, columns)
        for operation, columns in (("INSERT", []), ("UPDATE", ["name"]), ("DELETE", []))
        for count in (1000, 1000, 500)
    ]


@pytest.mark.goal("G-30")
def test_update_names_the_columns_that_changed_for_each_row(app, three):
    app.execute(
        "UPDATE toy SET name = CASE id WHEN 1 THEN 'z' ELSE name END,"
        " size = CASE id WHEN 3 THEN NULL ELSE size END, search = 'new'"
    )

    found = sorted(three(), key=lambda change: change[1])
    assert found == [
        ("UPDATE", ["1"], ["name", "search"]),
        ("UPDATE", ["3"], ["search", "size"]),
    ]


def test_statement_that_changes_nothing_of_note_writes_nothing(app, three):
    statements = [
        "UPDATE toy SET name = name",
        "UPDATE toy SET search = 'derived'",
        "UPDATE toy SET name = 'x' WHERE id = 99",
        "DELETE FROM toy WHERE id = 99",
        "INSERT INTO toy SELECT * FROM toy WHERE false",
    ]

    for statement in statements:
        app.execute(statement)

    assert three() == []


def test_changed_key_is_told_under_both_keys(app, three):
    app.execute("UPDATE toy SET id = 4 WHERE id = 1")

    assert [(change[0], sorted(change[1]), change[2]) for change in three()] == [
        ("UPDATE", ["1", "4"], ["id"])
    ]


@pytest.mark.goal("G-30")
def test_delete_and_truncate_are_seen(app, three):
    app.execute("DELETE FROM toy WHERE id < 3")
    app.execute("TRUNCATE toy")

    assert three() == [("DELETE", ["1", "2"], []), ("TRUNCATE", [], [])]


@pytest.mark.goal("G-30")
def test_upsert_and_merge_are_seen_as_what_they_did(app, three):
    app.execute(
        "INSERT INTO toy (id, name) VALUES (1, 'z'), (9, 'n')"
        " ON CONFLICT (id) DO UPDATE SET name = excluded.name"
    )
    app.execute(
        "MERGE INTO toy USING (VALUES (2, 'm'), (10, 'o')) AS new (id, name) ON toy.id = new.id"
        " WHEN MATCHED THEN DELETE"
        " WHEN NOT MATCHED THEN INSERT (id, name) VALUES (new.id, new.name)"
    )

    assert sorted(three()) == [
        ("DELETE", ["2"], []),
        ("INSERT", ["10"], []),
        ("INSERT", ["9"], []),
        ("UPDATE", ["1"], ["name"]),
    ]


def test_key_of_several_columns_is_told_whole(app):
    app.execute("INSERT INTO pair VALUES (1, 'x', ''), (2, 'y', '')")
    app.execute("UPDATE pair SET note = 'n' WHERE a = 2")
    app.execute("UPDATE pair SET b = 'q' WHERE a = 1")

    assert [(change[0], sorted(change[1]), change[2]) for change in changes(app, "pair")] == [
        ("INSERT", ["1,x", "2,y"], []),
        ("UPDATE", ["2,y"], ["note"]),
        ("UPDATE", ["1,q", "1,x"], ["a", "b"]),
    ]


@pytest.mark.goal("G-31")
def test_application_that_names_nobody_changes_nothing(app, three):
    settings = [
        "RESET chartroom.actor",
        "SET chartroom.actor = ''",
        "SET session_authorization = DEFAULT",
        "SELECT set_config('pgtrigger.ignore', '{toy:*}', false)",
        "SET ROLE NONE",
    ]
    statements = [
        "INSERT INTO toy (id) VALUES (8)",
        "UPDATE toy SET name = 'z'",
        "DELETE FROM toy",
        "TRUNCATE toy",
        "UPDATE toy SET name = 'z' WHERE id = 99",
        "WITH gone AS (DELETE FROM toy RETURNING id) SELECT count(*) FROM gone",
    ]

    for setting in settings:
        app.execute(setting)
        for statement in statements:
            with pytest.raises(errors.InsufficientPrivilege, match="nobody is named as its actor"):
                app.execute(statement)

    app.execute("SELECT count(*) FROM toy")
    assert (app.fetchone(), three()) == ((3,), [])


def test_application_that_copies_in_and_names_nobody_is_refused(app):
    app.execute("RESET chartroom.actor")

    with pytest.raises(errors.InsufficientPrivilege):
        app.copy_from(io.StringIO("1\n"), "toy", columns=["id"])


def test_actor_that_is_no_number_is_refused(app):
    app.execute("SET chartroom.actor = 'somebody'")

    with pytest.raises(psycopg2.DataError):
        app.execute("INSERT INTO toy (id) VALUES (1)")


def test_actor_of_one_transaction_does_not_serve_the_next(app, second_connection):
    app.execute("RESET chartroom.actor")
    app.execute("BEGIN; SELECT set_config('chartroom.actor', '7', true)")
    app.execute("INSERT INTO toy (id) VALUES (1); COMMIT")

    with pytest.raises(errors.InsufficientPrivilege):
        app.execute("INSERT INTO toy (id) VALUES (2)")


def test_owner_needs_no_actor_but_is_seen(owner):
    owner.execute("INSERT INTO toy (id) VALUES (1)")
    owner.execute("SELECT actor_id, keys FROM audit_rowchange WHERE table_name = 'toy'")

    assert owner.fetchall() == [(None, ["1"])]


@pytest.mark.goal("G-30")
def test_cascade_of_the_database_is_seen_with_the_actor(app, owner):
    owner.execute("ALTER TABLE pair ADD FOREIGN KEY (a) REFERENCES toy (id) ON DELETE CASCADE")
    app.execute("INSERT INTO toy (id) VALUES (1); INSERT INTO pair VALUES (1, 'x', '')")

    app.execute("DELETE FROM toy")

    assert changes(app, "pair")[-1] == ("DELETE", ["1,x"], [])


class Editor:
    """Stands for Django's schema editor: runs SQL as the owner."""

    def __init__(self, cursor):
        self.cursor = cursor

    def execute(self, sql, params=()):
        assert params is None
        self.cursor.execute(sql)


@pytest.mark.parametrize(
    "operation, words",
    [
        (InsertOnly("plain"), "Make plain insert only"),
        (TrackChanges("plain"), "Record who changes plain"),
    ],
)
def test_operation_makes_its_triggers_and_takes_them_back(owner, operation, words):
    owner.execute("CREATE TABLE plain (id bigint)")

    def triggers():
        owner.execute("SELECT tgname FROM pg_trigger WHERE tgrelid = 'plain'::regclass")
        return {name for (name,) in owner.fetchall()}

    state = object()
    operation.state_forwards("x", state)
    operation.database_forwards("x", Editor(owner), state, state)
    made = triggers()
    operation.database_backwards("x", Editor(owner), state, state)

    assert (made, triggers()) == (set(operation.triggers()), set())
    assert operation.describe() == words
    assert operation.reversible is True
