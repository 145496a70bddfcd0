"""Tampering as the superuser, triggers off: whatever is done to the trail is found and named."""

from datetime import UTC, datetime, timedelta

import pytest

from audit import context
from audit.enums import Action, Finding
from audit.models import Event, EventSubject, RowChange, Seal
from audit.rules.seals import Signer, genesis, hash_of, merkle_root, pack_leaves
from audit.selectors import anchors, rows, verification
from audit.selectors import seals as sealed
from audit.selectors.verification import Broken
from audit.services import events, seals
from audit.services import seals as sealing

pytestmark = [pytest.mark.committed, pytest.mark.promise]

TABLES = {"EVENT": Event, "SUBJECT": EventSubject, "CHANGE": RowChange}
# A different value of the same type for every column, as SQL.
OTHER = {
    "EVENT": {
        "id": "id + 1000",
        "occurred_at": "occurred_at + interval '1 microsecond'",
        "actor_id": "actor_id + 1",
        "actor_name": "actor_name || ' '",
        "on_behalf_of_id": "1",
        "role": "lower(role)",
        "action": "'CHART_OPENED '",
        "purpose": "'TREATMENT'",
        "basis": "'CARE'",
        "patient_id": "patient_id + 1",
        "subject_type": "'other'",
        "subject_id": "subject_id || '0'",
        "outcome": "'FAILED'",
        "request_id": "reverse(request_id) || 'x'",
        "session_digest": "'x'",
        "client_address": "'10.0.0.1/24'",  # the same host, another netmask
        "detail": "detail || '{\"page\": 4}'",
        "txid": "'99999999'",
        "epoch": "0",
    },
    "SUBJECT": {
        "id": "id + 1000",
        "occurred_at": "occurred_at - interval '1 second'",
        "event_id": "event_id + 1",
        "patient_id": "patient_id + 1",
        "position": "position + 1",
        "txid": "'3'",
        "epoch": "0",
    },
    "CHANGE": {
        "id": "id + 1000",
        "occurred_at": "occurred_at + interval '1 day'",
        "table_name": "'other'",
        "operation": "'DELETE'",
        "keys": "keys || '{7}'",
        "columns": "columns || '{other}'",
        "actor_id": "coalesce(actor_id, 0) + 1",
        "request_id": "'x'",
        "txid": "'3'",
        "epoch": "0",
    },
}
NULLED = ("actor_id", "patient_id", "client_address")
# Where a row stands is told by these; changed, it is missing there and stands somewhere else.
PLACE = ("id", "txid", "epoch")


@pytest.fixture
def trail(make_user, monkeypatch):
    """Twelve rows in each chain, four to a seal, sealed and anchored."""
    monkeypatch.setattr(sealing, "MOST_ROWS", 4)
    origin = context.Origin(7, "Ana Mills", "CLERK", "r1", "s1", "10.0.0.1")
    with context.acting(origin):
        for number in range(6):
            events.record(
                action=Action.CHART_OPENED,
                patient_id=number,
                subject_type="document",
                subject_id=number,
                detail={"page": 3},
            )
            events.record(action=Action.PATIENTS_LISTED, patients=[1, 2])
    for number in range(6):
        make_user(f"user{number}", "CLERK")
    seals.seal_all()
    assert verify() == []
    return {
        stream: list(model.objects.order_by("txid", "id").values_list("id", flat=True))
        for stream, model in TABLES.items()
    }


@pytest.fixture
def tamper(superuser_connection):
    """Run SQL as the superuser with every trigger off."""
    with superuser_connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        yield cursor.execute


@pytest.fixture
def on_copy(tamper):
    """Tamper for the length of a block; afterwards every row is as before."""

    class Tampering:
        def __init__(self, stream, statement):
            self.table = (TABLES | {"SEAL": Seal})[stream]._meta.db_table
            self.statement = statement

        def __enter__(self):
            tamper(f"CREATE TEMP TABLE copy AS SELECT * FROM {self.table}")
            tamper(self.statement.replace("{table}", self.table))

        def __exit__(self, *_):
            tamper(f"DELETE FROM {self.table}")
            tamper(f"INSERT INTO {self.table} OVERRIDING SYSTEM VALUE SELECT * FROM copy")
            tamper("DROP TABLE copy")

    return Tampering


def verify(**period):
    report = verification.verify(seals.get_public_keys(), **period)
    assert report.broken_count >= len(report.broken)
    return report.broken


def finding(what, number=None, seal=None, stream="EVENT"):
    return Broken(stream, seal, number, Finding(what))


@pytest.mark.goal("G-25")
def test_every_column_of_every_table_is_tried():
    assert {
        stream: {field.column for field in model._meta.fields} for stream, model in TABLES.items()
    } == {stream: set(columns) for stream, columns in OTHER.items()}


@pytest.mark.goal("G-25")
@pytest.mark.parametrize("stream", TABLES)
def test_each_altered_column_is_found_and_named(trail, tamper, on_copy, stream):
    middle = trail[stream][4]
    seal = 2
    values = list(OTHER[stream].items())
    values += [(name, "NULL") for name in NULLED if stream == "EVENT"]

    tamper(f"ALTER TABLE {TABLES[stream]._meta.db_table} ALTER id SET GENERATED BY DEFAULT")
    for column, value in values:
        statement = f"UPDATE {{table}} SET {column} = {value} WHERE id = {middle}"
        with on_copy(stream, statement):
            found = verify()

        if column in PLACE:
            assert finding("MISSING", middle, seal, stream) in found, column
            elsewhere = {broken.what for broken in found} - {Finding.MISSING}
            assert elsewhere <= {Finding.ADDED, Finding.FROM_THE_FUTURE}, column
        else:
            assert found == [finding("ALTERED", middle, seal, stream)], column
    assert verify() == []


@pytest.mark.goal("G-25")
def test_deleted_rows_are_found_and_named(trail, on_copy):
    first, middle, last, last_three = slice(0, 1), slice(5, 6), slice(-1, None), slice(-3, None)

    for stream, numbers in trail.items():
        for which in (first, middle, last, last_three):
            gone = numbers[which]
            with on_copy(stream, f"DELETE FROM {{table}} WHERE id = ANY (ARRAY{gone})"):
                found = verify()
            assert [(broken.stream, broken.event, broken.what) for broken in found] == [
                (stream, number, Finding.MISSING) for number in gone
            ]


@pytest.mark.goal("G-25")
def test_all_rows_deleted_are_found_and_named(trail, on_copy):
    for stream, numbers in trail.items():
        with on_copy(stream, "DELETE FROM {table}"):
            found = verify()
        assert [broken.event for broken in found] == numbers
        assert {(broken.stream, broken.what) for broken in found} == {(stream, Finding.MISSING)}


@pytest.mark.goal("G-25")
def test_inserted_copy_of_a_row_is_found_and_named(trail, on_copy):
    for stream, numbers in trail.items():
        columns = ", ".join(name for name in OTHER[stream] if name != "id")
        for original, number in ((numbers[0], 100_000), (numbers[5], 100_001), (numbers[-1], 0)):
            statement = (
                f"INSERT INTO {{table}} (id, {columns}) OVERRIDING SYSTEM VALUE"
                f" SELECT {number}, {columns} FROM {{table}} WHERE id = {original}"
            )
            with on_copy(stream, statement):
                found = verify()
            assert [(broken.stream, broken.event, broken.what) for broken in found] == [
                (stream, number, Finding.ADDED)
            ]


@pytest.mark.goal("G-25")
def test_swapped_rows_are_found_and_both_named(trail, on_copy):
    """Each takes the other's content and place, so only their numbers stay."""
    for stream, numbers in trail.items():
        one, other = numbers[2], numbers[9]
        columns = ", ".join(name for name in OTHER[stream] if name not in PLACE)
        theirs = ", ".join(f"other.{name}" for name in OTHER[stream] if name not in PLACE)
        statement = (
            f"UPDATE {{table}} AS row SET ({columns}) = ROW({theirs}) FROM {{table}} AS other"
            f" WHERE (row.id, other.id) IN (({one}, {other}), ({other}, {one}))"
        )
        with on_copy(stream, statement):
            found = verify()
        assert found == [
            finding("ALTERED", one, 1, stream),
            finding("ALTERED", other, 3, stream),
        ]


@pytest.mark.goal("G-25")
def test_row_from_the_future_is_found_before_it_is_sealed(trail, tamper):
    tamper("SELECT nextval('audit_event_id_seq')")
    for txid, epoch in (("99999999", 1), ("1", 2)):
        tamper(
            "INSERT INTO audit_event (actor_name, role, action, outcome, request_id, txid, epoch)"
            f" VALUES ('a', 'b', 'c', 'SUCCESS', 'r', '{txid}', {epoch})"
        )

    assert {(broken.seal, broken.what) for broken in verify()} == {(None, Finding.FROM_THE_FUTURE)}
    assert len(verify()) == 2


def test_unsealed_rows_are_counted_and_not_complained_of(trail):
    with context.acting(context.system_origin()):
        events.record(action=Action.CHART_OPENED)

    report = verification.verify(seals.get_public_keys())

    tally = report.tallies["EVENT"]
    assert (tally.found, tally.sealed, tally.seals, tally.unsealed) == (13, 12, 3, 1)
    assert (report.broken, report.rows_per_second > 0) == ([], True)


# --- seals ------------------------------------------------------------------------------------

SEAL_OTHER = {
    "number": "number + 100",
    "epoch": "2",
    "first_txid": "'1'",
    "first_id": "0",
    "last_txid": "(last_txid::text::bigint + 1)::text::xid8",
    "last_id": "last_id + 1",
    "row_count": "3, leaves = substr(leaves, 1, 120)",
    "root": "hash",
    "prev_hash": "root",
    "hash": "root",
    "key_id": "'x'",
    "signature": "root || root",
    "sealed_at": "sealed_at + interval '1 microsecond'",
    "stream": "'OTHER'",
    "leaves": "set_byte(leaves, 0, 9)",
}


SEAL_FINDINGS = {
    "number": {(number, Finding.SEAL_MISSING) for number in (2, *range(4, 102))}
    | {(102, Finding.SEAL_ALTERED)},
    "prev_hash": {(2, Finding.SEAL_ALTERED), (2, Finding.SEAL_UNLINKED)},
    "hash": {
        (2, Finding.SEAL_ALTERED),
        (2, Finding.SEAL_REPLACED),
        (3, Finding.SEAL_UNLINKED),
    },
    "signature": {(2, Finding.SEAL_FORGED)},
    "stream": {(2, Finding.SEAL_MISSING)},
}


@pytest.mark.goal("G-25")
def test_each_altered_column_of_a_seal_is_found(trail, tamper, on_copy):
    tamper("ALTER TABLE audit_seal DROP CONSTRAINT audit_seal_stream_is_known")

    for column, value in SEAL_OTHER.items():
        statement = f"UPDATE {{table}} SET {column} = {value} WHERE stream = 'EVENT' AND number = 2"
        with on_copy("SEAL", statement):
            found = {(broken.seal, broken.what) for broken in verify() if broken.event is None}
        assert found == SEAL_FINDINGS.get(column, {(2, Finding.SEAL_ALTERED)}), column


@pytest.mark.goal("G-25")
def test_leaf_hash_altered_is_found(trail, tamper):
    tamper(
        "UPDATE audit_seal SET leaves = set_byte(leaves, 33, 255 - get_byte(leaves, 33))"
        " WHERE number = 2"
    )

    assert verify() == [finding("SEAL_ALTERED", None, 2, stream) for stream in TABLES]


@pytest.mark.goal("G-25")
def test_row_altered_together_with_its_leaf_is_found(trail, tamper):
    """The attacker also mends the stored leaf; the root in the signed header still tells."""
    altered = trail["EVENT"][5]
    tamper(f"UPDATE audit_event SET patient_id = 999 WHERE id = {altered}")
    header = sealed.get_seal("EVENT", 2).header
    before = sealed.get_seal("EVENT", 1).header
    block = rows.get_rows_between("EVENT", before.last, header.last)
    tamper(
        "UPDATE audit_seal SET leaves = %s WHERE stream = 'EVENT' AND number = 2",
        [pack_leaves(block.ids, block.leaves)],
    )

    assert verify() == [finding("SEAL_ALTERED", None, 2)]


@pytest.mark.goal("G-25")
@pytest.mark.parametrize("number", [1, 2])
def test_removed_seal_is_found_and_named(trail, tamper, number):
    tamper(f"DELETE FROM audit_seal WHERE stream = 'EVENT' AND number = {number}")

    assert verify() == [finding("SEAL_MISSING", None, number)]


@pytest.mark.goal("G-25")
@pytest.mark.goal("G-27")
def test_removed_last_seals_are_found_by_the_anchor(trail, tamper):
    tamper("DELETE FROM audit_seal WHERE stream = 'EVENT' AND number > 1")

    assert verify() == [finding("SEAL_MISSING", None, 2), finding("SEAL_MISSING", None, 3)]


@pytest.mark.goal("G-25")
@pytest.mark.goal("G-27")
def test_everything_removed_is_found_by_the_anchor(trail, tamper):
    for table in ("audit_seal", "audit_event", "audit_eventsubject", "audit_rowchange"):
        tamper(f"DELETE FROM {table}")

    assert {(broken.stream, broken.seal, broken.what) for broken in verify()} == {
        (entry.stream, entry.number, Finding.SEAL_MISSING) for entry in anchors.read()
    }


@pytest.mark.goal("G-25")
@pytest.mark.goal("G-27")
def test_last_rows_and_their_seal_removed_and_sealed_anew_are_found(trail, tamper):
    """Whoever holds the key too still meets the anchor."""
    tamper(f"DELETE FROM audit_event WHERE id = {trail['EVENT'][-1]}")
    tamper("DELETE FROM audit_seal WHERE stream = 'EVENT' AND number = 3")
    forge(tamper, seals.get_signer())

    assert verify() == [finding("SEAL_REPLACED", None, 3)]


@pytest.mark.goal("G-25")
def test_seal_by_another_key_is_found(trail, tamper):
    tamper("DELETE FROM audit_seal WHERE stream = 'EVENT' AND number = 3")
    forge(tamper, Signer.from_hex("33" * 32))

    assert verify() == [
        finding("SEAL_FORGED", None, 3),
        finding("SEAL_REPLACED", None, 3),
    ]


def forge(tamper, signer):
    """Make a third seal of the events as the house does, with a key of the forger's choice."""
    head = sealed.get_head("EVENT")
    block = rows.get_settled_rows("EVENT", head.header.last, is_past=False, most=4)
    seal = sealing._close("EVENT", head, block, signer)
    assert (seal.header.number, hash_of(seal.header)) == (3, seal.hash)
    assert seal.header.root == merkle_root(block.leaves) != genesis("EVENT")


@pytest.mark.goal("G-27")
def test_seal_that_was_never_anchored_is_found_after_ten_minutes(trail, anchor, monkeypatch):
    anchor.unlink()

    at_once = verify()
    monkeypatch.setattr(verification, "ANCHOR_WITHIN", timedelta(0))
    later = verify()

    assert at_once == []
    assert later == [
        finding("NOT_ANCHORED", None, number, stream)
        for stream in TABLES
        for number in range(1, Seal.objects.filter(stream=stream).count() + 1)
    ]


@pytest.mark.goal("G-25")
def test_anchor_line_taken_out_is_found(trail, anchor, monkeypatch):
    monkeypatch.setattr(verification, "ANCHOR_WITHIN", timedelta(0))
    lines = anchor.read_text().splitlines(keepends=True)
    anchor.write_text("".join(lines[:1] + lines[2:]))

    assert verify() == [finding("NOT_ANCHORED", None, 2)]


@pytest.mark.parametrize("line", ["rubbish", '{"stream": "OTHER", "number": 1, "hash": "00"}'])
def test_anchor_line_that_is_none_is_found(trail, anchor, line):
    lines = anchor.read_text().splitlines()
    anchor.write_text("\n".join([lines[0], line, *lines[1:], ""]))

    assert verify() == [Broken("", None, None, Finding.ANCHOR_DAMAGED)]


def test_anchor_line_written_twice_is_no_finding_unless_it_differs(trail, anchor):
    lines = anchor.read_text().splitlines()
    anchor.write_text("\n".join([*lines, lines[0], ""]))
    same = verify()
    other = lines[0].replace('"hash":"', '"hash":"ff')
    anchor.write_text("\n".join([*lines, other, ""]))

    assert (same, verify()) == ([], [finding("SEAL_REPLACED", None, 1)])


# --- period -----------------------------------------------------------------------------------


def test_period_reads_rows_of_its_seals_only(trail, tamper):
    tamper(f"UPDATE audit_event SET role = 'X' WHERE id IN ({trail['EVENT'][0]})")
    now = datetime.now(UTC)
    hour = timedelta(hours=1)

    assert verify() == [finding("ALTERED", trail["EVENT"][0], 1)]
    assert verify(since=now - hour) == [finding("ALTERED", trail["EVENT"][0], 1)]
    assert verify(since=now + hour) == []


def test_period_takes_in_the_first_seal_after_its_end(trail, tamper):
    """A row written in the last second of the period is sealed some seconds after it."""
    times = dict(
        Seal.objects.filter(stream="EVENT").order_by("number").values_list("number", "sealed_at")
    )
    for number in (trail["EVENT"][0], trail["EVENT"][5], trail["EVENT"][11]):
        tamper(f"UPDATE audit_event SET role = 'X' WHERE id = {number}")

    found = verify(until=times[1] + timedelta(microseconds=1))

    assert [broken.seal for broken in found] == [1, 2]


def test_long_list_of_findings_is_cut_and_counted(trail, tamper, monkeypatch):
    monkeypatch.setattr(verification, "MOST_FINDINGS", 5)
    tamper("UPDATE audit_event SET role = 'X'")

    report = verification.verify(seals.get_public_keys())

    assert (len(report.broken), report.broken_count) == (5, 12)


def test_report_of_nothing_has_no_speed():
    assert verification.Report().rows_per_second == 0
