"""Sealing: what may be closed, in which order, exactly once; and the anchor beside it."""

import json
import os
import stat
import threading

import psycopg2
import pytest
from django.db import connection

from audit import context
from audit.enums import Action, Finding
from audit.errors import AnchorBroken, ClusterForeign
from audit.models import Event, Seal
from audit.rules.seals import Signer, key_id_of
from audit.selectors import anchors, rows, verification
from audit.selectors import seals as sealed
from audit.services import events, seals

pytestmark = pytest.mark.committed


def write(count=1, **more):
    with context.acting(context.system_origin()):
        return [
            events.record(action=Action.CHART_OPENED, patient_id=n, **more) for n in range(count)
        ]


def verify():
    return verification.verify(seals.get_public_keys())


def read_anchor(anchor):
    return [json.loads(line) for line in anchor.read_text().splitlines()]


def positions(stream="EVENT"):
    return [
        (seal.number, seal.first_id, seal.last_id, seal.row_count)
        for seal in Seal.objects.filter(stream=stream).order_by("number")
    ]


def test_sealing_closes_all_three_chains_and_anchors_them(anchor, make_user):
    make_user("ana", "CLERK")
    with context.acting(context.system_origin()):
        events.record(action=Action.PATIENTS_LISTED, patients=[5, 6])

    run = seals.seal_all()

    counts = sealed.count_sealed_rows()
    assert (counts["EVENT"], counts["SUBJECT"]) == (1, 2)
    assert counts["CHANGE"] >= 2
    assert (run.rows, run.seals, run.was_busy) == (sum(counts.values()), 3, False)
    assert [(line["stream"], line["number"]) for line in read_anchor(anchor)] == [
        ("EVENT", 1),
        ("SUBJECT", 1),
        ("CHANGE", 1),
    ]
    assert (verify().broken, verify().tallies["CHANGE"].found) == ([], counts["CHANGE"])


def test_nothing_new_makes_no_seal():
    write()
    seals.seal_all()

    assert seals.seal_all() == seals.SealRun(rows=0, seals=0)
    assert sealed.count_seals() == 2  # the event's, and the template's row changes


def test_blocks_are_cut_to_size_and_linked(monkeypatch):
    monkeypatch.setattr(seals, "MOST_ROWS", 2)
    first = write(5)[0]

    seals.seal_all()

    assert positions() == [
        (1, first, first + 1, 2),
        (2, first + 2, first + 3, 2),
        (3, first + 4, first + 4, 1),
    ]
    assert verify().broken == []


def test_row_of_an_open_transaction_is_never_passed_over(app_dsn):
    """A transaction that began first commits last: its row is sealed then, and nothing is lost."""
    slow = psycopg2.connect(**app_dsn)
    with slow.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_event (actor_name, role, action, outcome, request_id)"
            " VALUES ('a', 'b', 'CHART_OPENED', 'SUCCESS', 'slow') RETURNING id"
        )
        (slow_id,) = cursor.fetchone()
    write(3)

    held_back = seals.seal_all()
    in_between = verify()
    slow.commit()
    slow.close()
    seals.seal_all()

    assert held_back.seals == 1  # the row changes made with the template
    assert (in_between.broken, in_between.tallies["EVENT"].unsealed) == ([], 3)
    assert positions() == [(1, slow_id, slow_id + 3, 4)]
    assert verify().broken == []


def test_row_that_was_rolled_back_leaves_no_trace(app_dsn):
    lost = psycopg2.connect(**app_dsn)
    with lost.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_event (actor_name, role, action, outcome, request_id)"
            " VALUES ('a', 'b', 'CHART_OPENED', 'SUCCESS', 'lost')"
        )
    lost.rollback()
    lost.close()
    write(2)

    seals.seal_all()

    assert [row_count for *_, row_count in positions()] == [2]
    assert verify().broken == []


def test_concurrent_writers_that_commit_out_of_order_lose_nothing(app_dsn, monkeypatch):
    monkeypatch.setattr(seals, "MOST_ROWS", 40)
    stop = threading.Event()

    def write_on(number):
        own = psycopg2.connect(**app_dsn)
        count = 0
        while not stop.is_set() and count < 200:
            with own.cursor() as cursor:
                for _ in range(1 + (count + number) % 3):
                    cursor.execute(
                        "INSERT INTO audit_event (actor_name, role, action, outcome, request_id)"
                        " VALUES ('a', 'b', 'CHART_OPENED', 'SUCCESS', 'r')"
                    )
            own.rollback() if count % 5 == 0 else own.commit()
            count += 1
        own.close()

    writers = [threading.Thread(target=write_on, args=[number]) for number in range(4)]
    for writer in writers:
        writer.start()
    for _ in range(8):
        seals.seal_all()
        assert verify().broken == []
    stop.set()
    for writer in writers:
        writer.join()
    seals.seal_all()

    report = verify()
    assert (report.broken, report.tallies["EVENT"].unsealed) == ([], 0)
    assert report.tallies["EVENT"].sealed == Event.objects.count() > 0


def test_second_sealer_leaves_the_first_alone(second_connection):
    write()
    with second_connection.cursor() as cursor:
        cursor.execute(seals.LOCK)

        assert seals.seal_all() == seals.SealRun(was_busy=True)

        cursor.execute(seals.UNLOCK)
    assert seals.seal_all().was_busy is False


def test_lock_is_given_back_after_an_error(monkeypatch, second_connection):
    monkeypatch.setattr(seals, "_repair_anchor", lambda: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        seals.seal_all()

    with second_connection.cursor() as cursor:
        cursor.execute(seals.LOCK)
        assert cursor.fetchone() == (True,)


def test_sealing_without_a_key_is_refused(settings):
    settings.SEAL_KEY = ""

    with pytest.raises(ValueError):
        seals.seal_all()


def test_seals_of_a_retired_key_stay_valid(settings):
    write()
    seals.seal_all()
    old = seals.get_signer().public

    settings.SEAL_KEY = "22" * 32
    forged = {broken.what for broken in verify().broken}
    settings.SEAL_RETIRED_KEYS = [old.hex()]
    write()
    seals.seal_all()

    assert forged == {Finding.SEAL_FORGED}
    assert verify().broken == []
    keys = Seal.objects.filter(stream="EVENT").order_by("number").values_list("key_id", flat=True)
    assert list(keys) == [key_id_of(old), key_id_of(Signer.from_hex("22" * 32).public)]


@pytest.mark.goal("G-34")
@pytest.mark.parametrize(
    "shifts", [("1 hour", "-1 hour", "-3 hours"), ("1 year", "0", "-1 year"), ("0", "1 year", "0")]
)
def test_clock_that_jumps_changes_neither_order_nor_verification(superuser_connection, shifts):
    """Order is by transaction; a time that runs backwards is only a value."""
    ids = write(3)
    with superuser_connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for number, shift in zip(ids, shifts, strict=True):
            cursor.execute(
                "UPDATE audit_event SET occurred_at = occurred_at + %s::interval WHERE id = %s",
                [shift, number],
            )

    seals.seal_all()

    assert positions() == [(1, ids[0], ids[-1], 3)]
    assert verify().broken == []


# --- the anchor -----------------------------------------------------------------------------


def test_anchor_is_for_its_owner_alone(anchor):
    write()
    seals.seal_all()

    assert stat.S_IMODE(anchor.stat().st_mode) == 0o600
    assert stat.S_IMODE(anchor.parent.stat().st_mode) == 0o700


@pytest.mark.goal("G-27")
@pytest.mark.parametrize("kept_bytes", [0, 10, -1, -20])
def test_lines_that_a_crash_lost_are_written_again(anchor, kept_bytes):
    """The machine dies between commit and append, or in the middle of the append."""
    write()
    seals.seal_all()
    whole = anchor.read_text()
    write()
    seals.seal_all()
    last_line = anchor.read_text()[len(whole) :]
    anchor.write_text(whole + last_line[:kept_bytes])

    seals.seal_all()

    entries = {(entry.stream, entry.number) for entry in anchors.read() if entry}
    assert entries == {("EVENT", 1), ("CHANGE", 1), ("EVENT", 2)}
    assert verify().broken == []


def test_new_anchor_file_starts_with_every_seal(settings, anchor, tmp_path):
    write()
    seals.seal_all()
    before = anchor.read_text()
    settings.ANCHOR_FILE = str(tmp_path / "new" / "seals.jsonl")

    seals.seal_all()

    assert sorted((tmp_path / "new" / "seals.jsonl").read_text().splitlines()) == sorted(
        before.splitlines()
    )


@pytest.mark.goal("G-27")
@pytest.mark.parametrize(
    "tamper",
    [
        "DELETE FROM audit_seal WHERE stream = 'EVENT'",
        "UPDATE audit_seal SET hash = root WHERE stream = 'EVENT'",
    ],
)
def test_sealing_stops_where_the_anchor_contradicts(anchor, superuser_connection, tamper):
    write()
    seals.seal_all()
    before = anchor.read_text()
    write()
    with superuser_connection.cursor() as cursor:
        cursor.execute(f"SET session_replication_role = replica; {tamper}")

    with pytest.raises(AnchorBroken, match="EVENT 1"):
        seals.seal_all()

    assert anchor.read_text() == before
    assert sealed.count_sealed_rows()["EVENT"] <= 1


@pytest.mark.parametrize(
    "tamper",
    [
        "UPDATE audit_seal SET row_count = 1, leaves = substr(leaves, 1, 40)",
        "UPDATE audit_seal SET signature = root || root",
        "UPDATE audit_seal SET prev_hash = root",
    ],
)
def test_seal_that_is_not_ours_is_not_anchored(anchor, superuser_connection, tamper):
    write(2)
    seals.seal_all()
    anchor.unlink()
    with superuser_connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(f"{tamper} WHERE stream = 'EVENT'")

    with pytest.raises(AnchorBroken, match="not ours"):
        seals.seal_all()

    assert not anchor.exists()


@pytest.mark.goal("G-27")
def test_anchor_that_cannot_be_written_is_caught_up_later(settings, anchor, tmp_path):
    write()
    (tmp_path / "file").write_text("")
    settings.ANCHOR_FILE = str(tmp_path / "file" / "seals.jsonl")
    with pytest.raises(OSError):
        seals.seal_all()
    settings.ANCHOR_FILE = str(anchor)

    seals.seal_all()

    assert {entry.stream for entry in anchors.read() if entry} == {"EVENT", "CHANGE"}


def test_heads_are_read_anew_when_the_file_was_replaced(anchor):
    write()
    seals.seal_all()
    assert anchors.read_heads()["EVENT"].number == 1
    copy = anchor.with_name("copy")
    copy.write_text(anchor.read_text().splitlines(keepends=True)[1])
    os.replace(copy, anchor)

    assert set(anchors.read_heads()) == {"CHANGE"}
    with anchor.open("a") as file:
        file.write("rubbish\n")
    assert set(anchors.read_heads()) == {"CHANGE"}
    anchor.write_text("")
    assert anchors.read_heads() == {}
    anchor.unlink()
    assert anchors.read_heads() == {}


def test_lines_that_are_no_entries_are_told(anchor):
    good = json.dumps({"stream": "EVENT", "number": 1, "hash": "00"})
    torn = '{"stream": "EVENT", "num'
    anchor.parent.mkdir()

    def told(*lines):
        anchor.write_text("\n".join(lines))
        return [entry and entry.number for entry in anchors.read()]

    assert told(good, "rubbish", good, "") == [1, None, 1]
    assert told("[]", "") == [None]
    assert told('{"stream": "EVENT"}', "") == [None]
    assert told(good, torn) == [1]
    assert told(torn, good.replace('"number": 1', '"number": 2'), "") == [2]
    assert told(good, torn, "") == [1, None]


# --- epochs -----------------------------------------------------------------------------------


def test_new_epoch_goes_on_where_the_old_cluster_stopped(superuser_connection, monkeypatch):
    """After a restore transaction numbers begin anew: rows of before keep theirs, however high."""
    monkeypatch.setattr(seals, "MOST_ROWS", 2)
    ids = write(3)
    with superuser_connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE audit_event SET txid = (txid::text::bigint + 1000000)::text::xid8")
        cursor.execute("SELECT audit_raise_epoch('restore')")
        assert cursor.fetchone() == (2,)
    later = write(1)

    assert sealed.get_epoch() == 2
    seals.seal_all()
    seals.seal_all()

    assert list(
        Seal.objects.filter(stream="EVENT").order_by("number").values_list("epoch", "first_id")
    ) == [(1, ids[0]), (1, ids[2]), (2, later[0])]
    assert verify().broken == []


def test_epoch_is_raised_by_the_owner_only(monkeypatch, owner_wrapper):
    monkeypatch.setattr(seals, "connection", owner_wrapper)

    with context.acting(context.system_origin()):
        assert seals.raise_epoch("restore") == 2

    assert sealed.get_epoch() == 2
    told = Event.objects.get(action="TRAIL_EPOCH_RAISED")
    assert (told.epoch, told.detail, told.role) == (2, {"epoch": 2}, "SYSTEM")


def test_nothing_is_sealed_in_a_cluster_that_is_not_the_logs(superuser_connection):
    write(2)
    with superuser_connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE audit_epoch SET system_identifier = 1")

    with pytest.raises(ClusterForeign, match="run raise_epoch"):
        seals.seal_all()

    assert Seal.objects.count() == 0


def test_canonical_form_does_not_depend_on_the_sessions_settings():
    write(1, detail={"page": 3})
    block = rows.get_rows_between("EVENT", sealed.START, sealed.START.__class__(9, 2**62, 2**62))
    with connection.cursor() as cursor:
        cursor.execute("SET datestyle = 'German'; SET timezone = 'Asia/Tokyo'")
        cursor.execute("SET bytea_output = 'escape'; SET client_encoding = 'LATIN1'")

    again = rows.get_rows_between("EVENT", sealed.START, sealed.START.__class__(9, 2**62, 2**62))

    assert (again.leaves, len(again)) == (block.leaves, 1)
