"""Reads seals, and how far sealing has come."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Sum

from audit.enums import Stream
from audit.models import Seal
from audit.rules.seals import START, Header, Position, SealValue

HEADER_FIELDS = (
    "stream",
    "number",
    "epoch",
    "first_txid",
    "first_id",
    "last_txid",
    "last_id",
    "row_count",
    "root",
    "prev_hash",
    "key_id",
    "sealed_at",
)
# The oldest row that no seal covers is found by the index that seals are made by. What a
# verification found stands until one that read as much found nothing.
READ_STATE = """
    WITH finding AS (
        SELECT occurred_at, id, detail ->> 'since' AS since FROM audit_event
        WHERE action = 'TRAIL_VERIFIED' AND outcome = 'FAILED'
        ORDER BY occurred_at DESC, id DESC LIMIT 1
    ), head AS (
        SELECT chain.stream, seal.epoch, seal.last_txid, seal.last_id, seal.sealed_at
        FROM unnest(ARRAY['EVENT', 'SUBJECT', 'CHANGE']) AS chain (stream)
        LEFT JOIN LATERAL (
            SELECT epoch, last_txid, last_id, sealed_at FROM audit_seal
            WHERE audit_seal.stream = chain.stream ORDER BY number DESC LIMIT 1
        ) AS seal ON true
    ), bound AS (
        SELECT stream, coalesce(epoch, 0) AS epoch, coalesce(last_txid, '0') AS txid,
               coalesce(last_id, 0) AS id FROM head
    ), waiting AS (
        SELECT (
            SELECT occurred_at FROM audit_event
            WHERE (epoch, txid, id) > (bound.epoch, bound.txid, bound.id)
            ORDER BY epoch, txid, id LIMIT 1
        ) AS since FROM bound WHERE stream = 'EVENT'
        UNION ALL SELECT (
            SELECT occurred_at FROM audit_eventsubject
            WHERE (epoch, txid, id) > (bound.epoch, bound.txid, bound.id)
            ORDER BY epoch, txid, id LIMIT 1
        ) FROM bound WHERE stream = 'SUBJECT'
        UNION ALL SELECT (
            SELECT occurred_at FROM audit_rowchange
            WHERE (epoch, txid, id) > (bound.epoch, bound.txid, bound.id)
            ORDER BY epoch, txid, id LIMIT 1
        ) FROM bound WHERE stream = 'CHANGE'
    )
    SELECT
        (SELECT max(sealed_at) FROM head),
        (SELECT min(since) FROM waiting),
        audit_is_default_used(),
        (SELECT system_identifier FROM audit_epoch ORDER BY number DESC LIMIT 1)
            = (SELECT system_identifier FROM pg_control_system()),
        NOT EXISTS (
            SELECT FROM finding WHERE NOT EXISTS (
                SELECT FROM audit_event AS sound
                WHERE sound.action = 'TRAIL_VERIFIED' AND sound.outcome = 'SUCCESS'
                  AND (sound.occurred_at, sound.id) > (finding.occurred_at, finding.id)
                  AND sound.detail ->> 'until' IS NULL
                  AND coalesce(sound.detail ->> 'since', '') <= coalesce(finding.since, '')
            )
        ),
        statement_timestamp()
"""


@dataclass(frozen=True, slots=True)
class TrailState:
    """How the trail stands: what the shell's foot shows and what alarms ask."""

    sealed_at: datetime | None
    unsealed_since: datetime | None
    read_at: datetime
    lag_seconds: float
    is_default_partition_used: bool
    is_own_cluster: bool
    is_as_sealed: bool = True

    @property
    def sealed_through(self) -> datetime:
        """Return the moment up to which everything is sealed; now, when nothing waits."""
        return self.unsealed_since or self.read_at

    @property
    def is_lagging(self) -> bool:
        """Return whether a row has waited for its seal for longer than the settings allow."""
        return self.lag_seconds > settings.SEAL_LAG_ALARM_SECONDS

    @property
    def is_sound(self) -> bool:
        """Return whether nothing about the trail needs a person."""
        is_kept_up = not (self.is_lagging or self.is_default_partition_used)
        return is_kept_up and self.is_own_cluster and self.is_as_sealed


_recent: tuple[float, TrailState] | None = None


def get_trail_state(*, max_age: float = 0) -> TrailState:
    """Return how the trail stands, in one query of index look-ups.

    With `max_age` (seconds) an answer that this process got so recently is given again without a
    query, as the foot of every page wants it.
    """
    global _recent
    if _recent is not None and time.monotonic() - _recent[0] < max_age:
        return _recent[1]
    with connection.cursor() as cursor:
        cursor.execute(READ_STATE)
        sealed_at, unsealed_since, is_default_used, is_own, is_as_sealed, now = cursor.fetchone()
    lag = (now - unsealed_since).total_seconds() if unsealed_since else 0.0
    state = TrailState(sealed_at, unsealed_since, now, lag, is_default_used, is_own, is_as_sealed)
    _recent = (time.monotonic(), state)
    return state


def get_head(stream: str) -> SealValue | None:
    """Return the last seal of a chain."""
    return next(list_seals(stream, newest_first=True), None)


def get_seal(stream: str, number: int) -> SealValue | None:
    """Return a seal by its number."""
    return next(_values(Seal.objects.filter(stream=stream, number=number)), None)


def list_seals(stream: str, *, after: int = 0, newest_first: bool = False) -> Iterator[SealValue]:
    """Stream the seals of a chain above a number, in their order, without leaves."""
    order = "-number" if newest_first else "number"
    rows = Seal.objects.filter(stream=stream, number__gt=after).order_by(order)
    return _values(rows[:1] if newest_first else rows)


def list_newest_seals(*, most: int) -> list[SealValue]:
    """Return the newest seals of all chains, newest first."""
    return list(_values(Seal.objects.order_by("-sealed_at", "-id")[:most]))


def get_leaves(stream: str, number: int) -> bytes:
    """Return the packed ids and leaf hashes of a seal."""
    return bytes(Seal.objects.values_list("leaves", flat=True).get(stream=stream, number=number))


def count_sealed_rows() -> dict[str, int]:
    """Return how many rows of each chain are sealed."""
    sums = Seal.objects.order_by().values_list("stream").annotate(rows=Sum("row_count"))
    return dict.fromkeys(Stream.values, 0) | dict(sums)


def count_seals() -> int:
    """Return how many seals there are."""
    return Seal.objects.count()


def get_epoch() -> int:
    """Return the epoch that rows are written in now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(number) FROM audit_epoch")
        return int(cursor.fetchone()[0])


def end_of(seal: SealValue | None) -> Position:
    """Return the position behind which a chain goes on after `seal` (None: from its start)."""
    return seal.header.last if seal else START


def _values(rows: Any) -> Iterator[SealValue]:
    for row in rows.values(*HEADER_FIELDS, "hash", "signature").iterator(chunk_size=2000):
        digest, signature = bytes(row.pop("hash")), bytes(row.pop("signature"))
        row |= {"root": bytes(row["root"]), "prev_hash": bytes(row["prev_hash"])}
        yield SealValue(Header(**row), digest, signature)
