"""Reads the rows of a chain in their canonical form: the lines of COPY under pinned settings."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from django.db import connection, transaction

from audit.enums import Stream
from audit.rules.seals import Position

# The order of columns is part of the canonical form: number, epoch and transaction come first.
CANONICAL = {
    Stream.EVENT: (
        "audit_event",
        "id, epoch, txid, occurred_at, actor_id, actor_name, on_behalf_of_id, role, action,"
        " purpose, basis, patient_id, subject_type, subject_id, outcome, request_id,"
        " session_digest, client_address, detail",
    ),
    Stream.SUBJECT: (
        "audit_eventsubject",
        "id, epoch, txid, occurred_at, event_id, patient_id, position",
    ),
    Stream.CHANGE: (
        "audit_rowchange",
        "id, epoch, txid, occurred_at, table_name, operation, keys, columns, actor_id, request_id",
    ),
}
PIN_SETTINGS = """
    SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL timezone = 'UTC';
    SET LOCAL intervalstyle = 'postgres'; SET LOCAL bytea_output = 'hex';
    SET LOCAL extra_float_digits = 1; SET LOCAL client_encoding = 'UTF8';
    SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off
"""
# Below this every transaction is decided, and none can add a row any more.
SETTLED = "txid < pg_snapshot_xmin(pg_current_snapshot())"


@dataclass(slots=True)
class Block:
    """Rows of a chain, hashed as they arrive; `write` is what COPY hands each line to."""

    leaves: list[bytes] = field(default_factory=list)
    heads: list[bytes] = field(default_factory=list)

    def write(self, line: bytes) -> None:
        """Take one row."""
        self.leaves.append(hashlib.sha256(line).digest())
        self.heads.append(line[:62])

    def __len__(self) -> int:
        return len(self.leaves)

    @property
    def ids(self) -> list[int]:
        """Return the rows' ids in order."""
        return [int(head[: head.index(b"\t")]) for head in self.heads]

    def position(self, index: int) -> Position:
        """Return where the row at `index` stands."""
        number, epoch, txid, _rest = self.heads[index].split(b"\t", 3)
        return Position(int(epoch), int(txid), int(number))


def get_settled_rows(stream: str, after: Position, *, is_past: bool, most: int) -> Block:
    """Return the next rows after a position in its epoch that no transaction can add to any more.

    All rows of an epoch that `is_past` are settled: their transactions ran in another cluster.
    """
    condition = f"{_above(after)} AND epoch = {after.epoch:d}"
    if not is_past:
        condition = f"{condition} AND {SETTLED}"
    return _copy(stream, condition, f"LIMIT {most:d}")


def get_rows_between(
    stream: str, after: Position, last: Position, *, includes_first: bool = False
) -> Block:
    """Return all rows after a position (or from it on) up to and including `last`."""
    low = _above(after, ">=" if includes_first else ">")
    return _copy(stream, f"{low} AND {_above(last, '<=')}")


def get_rows_of_the_future(stream: str, after: Position, *, most: int) -> Block:
    """Return rows after a position that name a transaction or an epoch that has not begun."""
    is_ahead = (
        "(epoch > (SELECT max(number) FROM audit_epoch)"
        " OR epoch = (SELECT max(number) FROM audit_epoch)"
        " AND txid >= pg_snapshot_xmax(pg_current_snapshot()))"
    )
    return _copy(stream, f"{_above(after)} AND {is_ahead}", f"LIMIT {most:d}")


def count_rows_after(stream: str, after: Position) -> int:
    """Return how many rows stand after a position."""
    table = CANONICAL[Stream(stream)][0]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table} WHERE {_above(after)}")
        return int(cursor.fetchone()[0])


def _above(position: Position, sign: str = ">") -> str:
    return (
        f"(epoch, txid, id) {sign} ({position.epoch:d}, '{position.txid:d}'::xid8, {position.id:d})"
    )


def _copy(stream: str, condition: str, limit: str = "") -> Block:
    """Stream the rows that meet a condition, which is built from numbers alone."""
    table, columns = CANONICAL[Stream(stream)]
    query = f"SELECT {columns} FROM {table} WHERE {condition} ORDER BY epoch, txid, id {limit}"
    block = Block()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(PIN_SETTINGS)
        cursor.copy_expert(f"COPY ({query}) TO STDOUT WITH (ENCODING 'UTF8')", block)
    return block
