"""Closes blocks of the trail, so that whatever is changed afterwards shows.

Writers never wait for this: they insert, and every few seconds the rows whose transactions are
decided are hashed, chained to the seal before, signed with a key that the database does not know,
and anchored in a file outside.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction

from audit.enums import Action, Basis, Purpose
from audit.errors import AnchorBroken, ClusterForeign
from audit.rules.seals import (
    Header,
    Position,
    SealValue,
    Signer,
    genesis,
    hash_of,
    is_signed,
    key_id_of,
    merkle_root,
    pack_leaves,
    streams,
)
from audit.selectors import anchors as anchored_seals
from audit.selectors import rows
from audit.selectors import seals as sealed
from audit.selectors.rows import Block
from audit.services import anchors, events

MOST_ROWS = 20_000
LOCK = "SELECT pg_try_advisory_lock(hashtext('chartroom_seal'))"
UNLOCK = "SELECT pg_advisory_unlock(hashtext('chartroom_seal'))"
INSERT_SEAL = """
    INSERT INTO audit_seal (
        stream, number, epoch, first_txid, first_id, last_txid, last_id, row_count, root, leaves,
        prev_hash, hash, key_id, signature, sealed_at
    ) VALUES (%s, %s, %s, %s::xid8, %s, %s::xid8, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""


@dataclass(frozen=True, slots=True)
class SealRun:
    """What one run closed; `was_busy`: another process was sealing, so this one did nothing."""

    rows: int = 0
    seals: int = 0
    was_busy: bool = False


def seal_all() -> SealRun:
    """Close everything that can be closed and anchor it.

    One sealer works at a time (advisory lock). Before anything else the anchor is compared with
    the database, and lines that a crash lost between commit and append are written again.

    Raises:
        AnchorBroken: the anchor holds a seal that the database lacks or has otherwise, or seals
            that are not anchored yet are not ours. Nothing is sealed: `verify_audit` says more.
        ClusterForeign: transaction numbers began anew, so rows would be passed over.
    """
    with _alone() as is_mine:
        if not is_mine:
            return SealRun(was_busy=True)
        if not sealed.get_trail_state().is_own_cluster:
            raise ClusterForeign("The log was restored into another cluster: run raise_epoch")
        signer = get_signer()
        _repair_anchor()
        run = SealRun()
        for stream in streams():
            for seal in _seal_stream(stream, signer):
                anchors.append([seal])
                run = replace(run, rows=run.rows + seal.header.row_count, seals=run.seals + 1)
        return run


def get_signer() -> Signer:
    """Return the signer whose key the settings name.

    Raises:
        ValueError: no usable key is set.
    """
    return Signer.from_hex(settings.SEAL_KEY)


def get_public_keys() -> dict[str, bytes]:
    """Return the public keys whose seals count, by the name that seals use."""
    keys = [get_signer().public, *(bytes.fromhex(key) for key in settings.SEAL_RETIRED_KEYS)]
    return {key_id_of(key): key for key in keys}


def raise_epoch(reason: str) -> int:
    """Begin a new epoch after the database was restored into another cluster; return its number.

    Transaction numbers start anew there, so the chains could not go on without it. Runs as the
    owner, before the doors open. The event of it is the first of the new epoch.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_raise_epoch(%s)", [reason])
        number = int(cursor.fetchone()[0])
    events.record(
        action=Action.TRAIL_EPOCH_RAISED,
        basis=Basis.SYSTEM,
        purpose=Purpose.OVERSIGHT,
        detail={"epoch": number},
    )
    return number


@contextmanager
def _alone() -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute(LOCK)
        is_mine = bool(cursor.fetchone()[0])
    try:
        yield is_mine
    finally:
        if is_mine:
            with connection.cursor() as cursor:
                cursor.execute(UNLOCK)


def _seal_stream(stream: str, signer: Signer) -> Iterator[SealValue]:
    """Close the blocks of one chain, each in a transaction of its own; yield each once committed.

    A block holds rows of one epoch. Rows that arrive while this runs may be left for the next run.
    """
    current_epoch = sealed.get_epoch()
    head = sealed.get_head(stream)
    position = sealed.end_of(head)
    while position.epoch <= current_epoch:
        is_past = position.epoch < current_epoch
        with transaction.atomic():
            block = rows.get_settled_rows(stream, position, is_past=is_past, most=MOST_ROWS)
            seal = _close(stream, head, block, signer) if len(block) else None
        if seal:
            head, position = seal, seal.header.last
            yield seal
        if len(block) < MOST_ROWS:
            position = Position(position.epoch + 1, 0, 0)


def _close(stream: str, head: SealValue | None, block: Block, signer: Signer) -> SealValue:
    seal = signer.seal(_header(stream, head, block, signer))
    _insert(seal, block)
    return seal


def _header(stream: str, head: SealValue | None, block: Block, signer: Signer) -> Header:
    first, last = block.position(0), block.position(-1)
    return Header(
        stream=stream,
        number=head.header.number + 1 if head else 1,
        epoch=first.epoch,
        first_txid=first.txid,
        first_id=first.id,
        last_txid=last.txid,
        last_id=last.id,
        row_count=len(block),
        root=merkle_root(block.leaves),
        prev_hash=head.hash if head else genesis(stream),
        key_id=key_id_of(signer.public),
        sealed_at=_server_time(),
    )


def _server_time() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        moment: datetime = cursor.fetchone()[0]
        return moment


def _insert(seal: SealValue, block: Block) -> None:
    header = seal.header
    values = (
        header.stream,
        header.number,
        header.epoch,
        str(header.first_txid),
        header.first_id,
        str(header.last_txid),
        header.last_id,
        header.row_count,
        header.root,
        pack_leaves(block.ids, block.leaves),
        header.prev_hash,
        seal.hash,
        header.key_id,
        seal.signature,
        header.sealed_at,
    )
    with connection.cursor() as cursor:
        cursor.execute(INSERT_SEAL, values)


def _repair_anchor() -> None:
    """Append the seals that the anchor lacks at its end, after checking that they are ours."""
    anchored = anchored_seals.read_heads()
    for stream in streams():
        entry = anchored.get(stream)
        if entry is None:
            anchors.append(_checked(stream, None))
            continue
        seal = sealed.get_seal(stream, entry.number)
        if seal is None or seal.hash != entry.hash:
            raise AnchorBroken(f"Seal {stream} {entry.number} is not the one that was anchored")
        anchors.append(_checked(stream, seal))


def _checked(stream: str, last: SealValue | None) -> Iterator[SealValue]:
    """Stream the seals after `last`, each only if it is whole, signed by us and linked."""
    keys = get_public_keys()
    expected = last.hash if last else genesis(stream)
    for seal in sealed.list_seals(stream, after=last.header.number if last else 0):
        is_ours = seal.hash == hash_of(seal.header) and is_signed(seal, keys)
        if not is_ours or seal.header.prev_hash != expected:
            raise AnchorBroken(f"Seal {stream} {seal.header.number} is not ours; not anchored")
        expected = seal.hash
        yield seal
