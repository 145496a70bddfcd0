"""What tells of what happened is stamped by the server, and no status changes without its step.

The catalog says which tables only grow, so that a new one is judged the day it is made. What is
tried is tried by plain SQL, as the application's own role, on rows that the services committed.
"""

from __future__ import annotations

import itertools

import psycopg2
import pytest
from django.conf import settings

from records.access.rules import transitions as access_requests
from records.documents.rules import transitions as documents
from records.encounters.rules import transitions as encounters
from records.retention.rules import transitions as batches
from requests_release.rules import transitions as requests
from tests.guards.world import World

RULES = {
    "encounters_encounter": encounters,
    "documents_document": documents,
    "retention_batch": batches,
    "requests_release_request": requests,
    "access_accessrequest": access_requests,
}
# Of these a row in every status can be had by plain SQL; of the others, in so many at least.
WHOLE = ("encounters_encounter", "documents_document")
AT_LEAST = {"retention_batch": 4, "requests_release_request": 6, "access_accessrequest": 3}
DECIDED = "decided_at = now(), decided_by_id = current_setting('chartroom.actor')::bigint"
# What a row with the status must say besides.
BESIDE = {
    "encounters_encounter": {
        "DISCHARGED": "ended_at = greatest(started_at, now()), ",
        None: "ended_at = NULL, ",
    },
    "documents_document": {
        "VOIDED": "voided_at = now(), voided_by_id = filed_by_id, void_reason = 'wrong', ",
        "DESTROYED": "destroyed_at = now(), ",
        None: "voided_at = NULL, voided_by_id = NULL, void_reason = '', ",
    },
    "retention_batch": {None: ""},
    "requests_release_request": {None: ""},
    "access_accessrequest": {
        "GRANTED": f"{DECIDED}, ",
        "DECLINED": f"{DECIDED}, comment = 'wrong', ",
        None: "decided_at = NULL, decided_by_id = NULL, comment = '', ",
    },
}
# Refusals of the room's own, which come before those of all rooms.
OWN_REFUSALS = (
    "A destroyed document stays as it is",
    "A document is destroyed when every key of it is erased",
    "of a destruction batch never changes",
    "destruction batch",
    "violates check constraint",
    "violates unique constraint",
    "A request",
    "Copies leave",
    "A document of this release",
    "What was approved",
    "A release is",
    "Access is ",
    "Access lapses ",
)
# Columns of tables that only grow, which the common trigger does not keep, and why.
KEPT_OTHERWISE = {
    "encounters_encountermove.moved_at": "when the patient was moved is said, and may be hours ago",
    "requests_release_disclosure.released_by_id": "who made the link, which somebody else uses",
    "requests_release_repeat.at": "stamped by the trigger that counts repeats",
    "requests_release_requestassignment.assigned_by_before_id": "how it lay before",
    "retention_batchapproval.approved_at": "stamped by the trigger that guards approvals",
    "retention_batchapproval.approved_by_id": "refused by the trigger that guards approvals",
    "retention_certificate.issued_at": "stamped by the trigger that guards certificates",
}
# Tables to which the application can only add.
GROWING = """
    SELECT c.relname, a.attname FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
    WHERE c.relkind = 'r' AND has_table_privilege(%(app)s, c.oid, 'INSERT')
      AND NOT has_any_column_privilege(%(app)s, c.oid, 'UPDATE')
      AND NOT has_table_privilege(%(app)s, c.oid, 'DELETE')
      AND c.relname ~ %(rooms)s
      AND (a.atttypid = 'timestamptz'::regtype OR a.attname ~ '_by(_before)?_id$')
"""
ROOMS = "^(encounters_|documents_|retention_|requests_release_|access_accessrequest)"
CALLS = """
    SELECT c.relname, encode(t.tgargs, 'escape') FROM pg_trigger t
    JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE p.proname = %s
"""


@pytest.fixture
def calls(db, owner_connection):
    """Return a function that tells with which arguments a trigger function is called, by table."""

    def read(function):
        with owner_connection.cursor() as cursor:
            cursor.execute(CALLS, [function])
            return {table: given.split("\\000")[:-1] for table, given in cursor.fetchall()}

    return read


@pytest.mark.promise
def test_time_and_name_in_what_only_grows_are_kept_by_the_server(calls, owner_connection):
    with owner_connection.cursor() as cursor:
        cursor.execute(GROWING, {"app": settings.DATABASE_APP_ROLE, "rooms": ROOMS})
        wanted = {f"{table}.{column}" for table, column in cursor.fetchall()}
    kept = {
        f"{table}.{column}"
        for table, columns in calls("audit_stamp_row").items()
        for column in columns
        if column
    }

    assert wanted - kept == set(KEPT_OTHERWISE)


@pytest.mark.promise
def test_the_database_knows_the_steps_of_each_room(calls):
    begun, moved, told = (calls(f"audit_check_{name}") for name in ("beginning", "move", "step"))

    assert set(begun) == set(moved) == set(RULES)
    for table, rules in RULES.items():
        what, history, link, starts = begun[table]
        moves = {f"{one}>{two}" for one, targets in rules.MOVES.items() for two in targets}
        assert set(starts.split(",")) == set(rules.STARTS)
        assert moved[table][:3] == [what, history, link]
        assert set(moved[table][3].split(",")) == moves
        assert told[history] == [what, table, link, starts, moved[table][3]]


class Tries:
    """Statements of the application's own role, each try in a transaction that is rolled back."""

    def __init__(self, connection):
        self.cursor = connection.cursor()
        self.cursor.execute("SELECT id FROM accounts_user ORDER BY id LIMIT 2")
        self.actor, self.other = (key for (key,) in self.cursor.fetchall())

    def __call__(self, *statements, rows=None):
        """Run statements as one transaction up to its commit; return why it was refused, or ""."""
        self.cursor.execute("BEGIN")
        self.cursor.execute("SELECT set_config('chartroom.actor', %s, true)", [str(self.actor)])
        try:
            for statement in statements:
                self.cursor.execute(statement)
                if rows is not None and self.cursor.description:
                    rows += self.cursor.fetchall()
            self.cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        except psycopg2.IntegrityError as refused:
            return refused.diag.message_primary
        finally:
            self.cursor.execute("ROLLBACK")
        return ""

    def value(self, sql):
        """Return the first value of the first row, or None."""
        self.cursor.execute(sql)
        found = self.cursor.fetchone()
        return found[0] if found else None


class Room:
    """A table with a status, its history, and the statements that change them."""

    def __init__(self, tries, table, calls):
        self.tries = tries
        self.table = table
        self.rules = RULES[table]
        _, self.history, self.link, _ = calls("audit_check_beginning")[table]

    @property
    def pairs(self):
        return [(str(a), str(b)) for a, b in itertools.permutations(self.rules.MOVES, 2)]

    def is_known(self, current, target):
        return target in self.rules.MOVES[current]

    def step(self, key, current, target, *, by=None, at="now()"):
        return (
            f"INSERT INTO {self.history} ({self.link}, from_status, to_status, reason, changed_at,"
            f" changed_by_id) VALUES ({key}, '{current}', '{target}', 'wrong', {at},"
            f" {by or self.tries.actor}) RETURNING changed_at = statement_timestamp()"
        )

    def change(self, key, target):
        beside = BESIDE[self.table].get(target, BESIDE[self.table][None])
        return f"UPDATE {self.table} SET {beside}status = '{target}' WHERE id = {key}"

    def possible_step(self):
        """Return a step that can be taken now, and the key of its row."""
        for current, key, way in self.ways():
            for target in map(str, self.rules.MOVES[current]):
                step = self.step(key, current, target), self.change(key, target)
                if not way and not self.tries(*step):
                    return current, target, key
        raise AssertionError(f"No row of {self.table} can take a step")

    def ways(self):
        """Return (status, key, statements that bring the row there) for what can be had here."""
        found = {}
        for status in map(str, self.rules.MOVES):
            key = self.tries.value(
                f"SELECT min(id) FROM {self.table} WHERE status = '{status}' AND EXISTS"
                f" (SELECT FROM {self.history} WHERE {self.link} = {self.table}.id)"
            )
            if key:
                found[status] = (key, [])
        for current, (key, _) in list(found.items()):
            for target in map(str, self.rules.MOVES[current]):
                way = [self.step(key, current, target), self.change(key, target)]
                if target not in found and not self.tries(*way):
                    found[target] = (key, way)
        return [(status, key, way) for status, (key, way) in found.items()]


@pytest.fixture
def rooms(db, second_connection, calls):
    """A seeded hospital, and its tables with a status, looked at from outside of Django."""
    World()
    tries = Tries(second_connection)
    return [Room(tries, table, calls) for table in RULES]


@pytest.mark.promise
@pytest.mark.committed
@pytest.mark.long
def test_no_status_begins_or_changes_without_its_step(rooms):
    """One hospital for three tables of cases, since none of them leaves anything behind."""
    _check_every_pair(rooms)
    _check_order(rooms)
    _check_beginnings(rooms)


def _check_every_pair(rooms):
    """For each row that can be had: the status alone, the step alone, both, and in which name."""
    faults, seen = [], set()
    for room in rooms:
        tries = room.tries
        for current, key, way in room.ways():
            seen.add((room.table, current))
            for target in (b for a, b in room.pairs if a == current):
                step, change = room.step(key, current, target), room.change(key, target)
                alone, told, both = (
                    tries(*way, change),
                    tries(*way, step),
                    tries(*way, step, change),
                )
                if room.is_known(current, target):
                    forged = tries(*way, room.step(key, current, target, by=tries.other), change)
                    is_kept = (
                        _is(alone, "stands in its history first")
                        and _is(told, "is followed by its status")
                        and _is(forged, "in the name of another person")
                        and (both == "" or _is(both))
                    )
                else:
                    no_way = f"cannot go from {current} to {target}"
                    is_kept = _is(alone, no_way) and _is(told, no_way) and _is(both, no_way)
                if not is_kept:
                    faults.append((room.table, current, target, alone, told, both))

    assert faults == []
    for room in rooms:
        found = {status for table, status in seen if table == room.table}
        if room.table in WHOLE:
            assert found == set(map(str, room.rules.MOVES))
        else:
            assert len(found) >= AT_LEAST[room.table]


def _is(refused, wanted="\0"):
    """Whether a refusal is the one wanted, or one that the room has of its own."""
    return wanted in refused or any(words in refused for words in OWN_REFUSALS)


def _check_order(rooms):
    """Times, numbers, unknown statuses, second beginnings, and changes that are taken back."""
    for room in [each for each in rooms if each.table in WHOLE]:
        tries = room.tries
        current, target, key = room.possible_step()
        step, change = room.step(key, current, target), room.change(key, target)
        stamped: list[tuple[bool]] = []

        assert tries(room.step(key, current, target, at="'1999-01-01'"), rows=stamped) != ""
        assert stamped == [(True,)]
        assert "takes no step from" in tries(room.step(key, target, current)) or not room.is_known(
            target, current
        )
        assert "begins once" in tries(room.step(key, "", current))
        assert "cannot go from" in tries(room.step(key, current, "LOST"))
        assert "cannot go from" in tries(room.step(key, "LOST", current))
        assert "numbered by the server" in tries(_numbered(room, step, "2000000000"))
        assert "numbered by the server" in tries(_numbered(room, step, "-1"))
        assert "takes no step from" in tries(step, change, step)
        assert "in its history first" in tries(change, room.change(key, current))

    for room in rooms:
        for column in ("from_status", "to_status"):
            known = room.tries.value(
                "SELECT count(*) FROM pg_constraint WHERE contype = 'c' AND convalidated"
                f" AND conrelid = '{room.history}'::regclass"
                f" AND pg_get_constraintdef(oid) LIKE '%{column}%'"
            )
            assert known == 1, (room.history, column)


def _numbered(room, step, number):
    return step.replace(f"({room.link}, ", f"(id, {room.link}, ", 1).replace(
        "VALUES (", f"VALUES ({number}, ", 1
    )


def _check_beginnings(rooms):
    faults = []
    for room in [each for each in rooms if each.table in WHOLE]:
        tries = room.tries
        for status in map(str, room.rules.MOVES):
            made = _copy(room, status)
            beginning = (
                f"INSERT INTO {room.history} ({room.link}, from_status, to_status, reason,"
                f" changed_at, changed_by_id) SELECT max(id), '', '{status}', '', now(),"
                f" {tries.actor} FROM {room.table}"
            )
            untold, told = tries(made), tries(made, beginning)
            may_begin = status in room.rules.STARTS
            if not _is(untold, "begins with a step in its history") or bool(told) == may_begin:
                faults.append((room.table, status, untold, told))

    assert faults == []


def _copy(room, status):
    """Return the statement that inserts a copy of a row in another status."""
    changed = {"id": None, "account_number": "'COPY'", "submission_key": "NULL"}
    changed |= {"filing_key": "NULL", "status": f"'{status}'"}
    beside = BESIDE[room.table].get(status, BESIDE[room.table][None])
    for part in beside.removesuffix(", ").split(", "):
        if " = " in part and not part.startswith("started_at"):
            column, _, value = part.partition(" = ")
            changed[column] = value if value.count("(") == value.count(")") else "now()"
    columns = room.tries.value(
        "SELECT string_agg(attname, ',') FROM pg_attribute"
        f" WHERE attrelid = '{room.table}'::regclass AND attnum > 0 AND NOT attisdropped"
    ).split(",")
    columns = [column for column in columns if column != "id"]
    values = ", ".join(changed.get(column) or column for column in columns)
    kind = " WHERE kind = 'OUTPATIENT'" if room.table == "encounters_encounter" else ""
    return (
        f"INSERT INTO {room.table} ({', '.join(columns)})"
        f" SELECT {values} FROM {room.table}{kind} LIMIT 1"
    )


# Histories without a status, and a row of each as somebody would forge it.
FORGED = {
    "encounters_encountermove": (
        "INSERT INTO encounters_encountermove (encounter_id, from_location, to_location,"
        " from_service, to_service, moved_at, moved_by_id)"
        " SELECT min(id), '', 'x', '', '', '1999-01-01', {who} FROM encounters_encounter"
        " RETURNING moved_at = '1999-01-01'"
    ),
    "documents_documentmove": (
        "INSERT INTO documents_documentmove (document_id, from_patient_id, to_patient_id,"
        " lock_version, is_undoing, reason, moved_at, moved_by_id)"
        " SELECT id, patient_id, patient_id, 9, false, 'x', '1999-01-01', {who}"
        " FROM documents_document LIMIT 1 RETURNING moved_at = statement_timestamp()"
    ),
    "retention_holddocument": (
        "INSERT INTO retention_holddocument (hold_id, document_id, created_at)"
        " SELECT hold.id, document.id, '1999-01-01' FROM retention_hold hold, documents_document"
        " document WHERE NOT EXISTS (SELECT FROM retention_holddocument known WHERE"
        " known.hold_id = hold.id AND known.document_id = document.id) LIMIT 1"
        " RETURNING created_at = statement_timestamp()"
    ),
    "requests_release_requestassignment": (
        "INSERT INTO requests_release_requestassignment (request_id, version, is_undoing,"
        " assigned_at, assigned_by_id) SELECT min(id), 9, false, '1999-01-01', {who}"
        " FROM requests_release_request RETURNING assigned_at = statement_timestamp()"
    ),
    "requests_release_requestchoice": (
        "INSERT INTO requests_release_requestchoice (request_id, added_count, removed_count,"
        " changed_count, document_count, page_count, chosen_at, chosen_by_id)"
        " SELECT min(id), 1, 0, 0, 1, 1, '1999-01-01', {who}"
        " FROM requests_release_request RETURNING chosen_at = statement_timestamp()"
    ),
    "requests_release_requestpreparer": (
        "INSERT INTO requests_release_requestpreparer (request_id, person_id, since)"
        " SELECT request.id, person.id, '1999-01-01' FROM requests_release_request request,"
        " accounts_user person WHERE NOT EXISTS (SELECT FROM requests_release_requestpreparer known"
        " WHERE known.request_id = request.id AND known.person_id = person.id)"
        " AND request.approved_by_id IS NULL LIMIT 1 RETURNING since = statement_timestamp()"
    ),
    "requests_release_comment": (
        "INSERT INTO requests_release_comment (request_id, text, made_at, made_by_id)"
        " SELECT min(id), 'x', '1999-01-01', {who} FROM requests_release_request"
        " RETURNING made_at = statement_timestamp()"
    ),
    "requests_release_accounting": (
        "INSERT INTO requests_release_accounting (patient_id, requested_on, period_from,"
        " period_until, row_count, is_chargeable, printed_at, printed_by_id)"
        " SELECT min(chart_id), now(), now(), now(), 0, false, '1999-01-01', {who}"
        " FROM patients_patient RETURNING printed_at = statement_timestamp()"
    ),
    "requests_release_delivery": (
        "INSERT INTO requests_release_delivery (request_id, package_id, method, token_hash,"
        " passcode_hash, failed_attempts, tracking_note, created_at, created_by_id, expires_at,"
        " closed_at) SELECT request_id, id, 'PORTAL', 'x', 'x', 0, '', '1999-01-01', {who}, now(),"
        " now()"
        " FROM requests_release_package LIMIT 1 RETURNING created_at = statement_timestamp()"
    ),
}


@pytest.mark.promise
@pytest.mark.committed
@pytest.mark.long
def test_no_history_is_written_at_another_time_or_in_another_name(rooms):
    tries = rooms[0].tries
    faults = []
    for table, sql in FORGED.items():
        kept: list[tuple[bool]] = []
        refused = tries(sql.format(who=tries.actor), rows=kept)
        if refused or kept != [(True,)]:
            faults.append((table, refused, kept))
        if "{who}" in sql and "in the name of another" not in tries(sql.format(who=tries.other)):
            faults.append((table, "another name"))
    assert faults == []
