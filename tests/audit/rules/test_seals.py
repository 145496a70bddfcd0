import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from audit.rules import seals
from audit.rules.seals import Header, Position, Signer

SEED = "11" * 32
SIGNER = Signer.from_hex(SEED)
HEADER = Header(
    stream="EVENT",
    number=1,
    epoch=1,
    first_txid=700,
    first_id=1,
    last_txid=2**40,
    last_id=9,
    row_count=9,
    root=b"\x02" * 32,
    prev_hash=seals.genesis("EVENT"),
    key_id=seals.key_id_of(SIGNER.public),
    sealed_at=datetime(2026, 11, 23, 5, 0, 0, 123456, tzinfo=UTC),
)


def sha(data):
    return hashlib.sha256(data).digest()


LEAVES = [sha(bytes([n])) for n in range(7)]
A, B, C, D, E, F, G = LEAVES


def node(left, right):
    return sha(b"\x01" + left + right)


@pytest.mark.parametrize(
    "count, root",
    [
        (1, A),
        (2, node(A, B)),
        (3, node(node(A, B), C)),
        (4, node(node(A, B), node(C, D))),
        (5, node(node(node(A, B), node(C, D)), E)),
        (7, node(node(node(A, B), node(C, D)), node(node(E, F), G))),
    ],
)
def test_merkle_root_is_the_tree_with_lone_nodes_going_up(count, root):
    assert seals.merkle_root(LEAVES[:count]) == root


def test_packed_leaves_come_back():
    ids = (1, 5, 2**62)

    packed = seals.pack_leaves(ids, LEAVES[:3])

    assert len(packed) == 3 * seals.LEAF_BYTES
    assert seals.unpack_leaves(packed) == (ids, LEAVES[:3])


def test_hash_covers_every_field_of_the_header():
    others = {
        "stream": "CHANGE",
        "number": 2,
        "epoch": 2,
        "first_txid": 701,
        "first_id": 2,
        "last_txid": 5,
        "last_id": 8,
        "row_count": 8,
        "root": b"\x03" * 32,
        "prev_hash": b"\x04" * 32,
        "key_id": "x",
        "sealed_at": HEADER.sealed_at + timedelta(microseconds=1),
    }
    changed = {name: replace(HEADER, **{name: value}) for name, value in others.items()}

    hashes = {seals.hash_of(header) for header in changed.values()}

    assert set(others) == set(Header.__dataclass_fields__)
    assert len(hashes | {seals.hash_of(HEADER)}) == len(others) + 1


def test_hash_does_not_depend_on_the_zone_that_a_time_is_told_in():
    elsewhere = HEADER.sealed_at.astimezone(timezone(timedelta(hours=-5)))

    assert seals.hash_of(replace(HEADER, sealed_at=elsewhere)) == seals.hash_of(HEADER)


def test_signature_counts_only_by_the_key_named_and_known():
    seal = SIGNER.seal(HEADER)
    other = Signer.from_hex("22" * 32)
    keys = {seals.key_id_of(SIGNER.public): SIGNER.public}

    assert seals.is_signed(seal, keys) is True
    assert seals.is_signed(seal, {}) is False
    assert seals.is_signed(replace(seal, signature=other.key.sign(seal.hash)), keys) is False
    assert seals.is_signed(replace(seal, hash=b"\x00" * 32), keys) is False


def test_anchor_line_holds_all_that_is_needed_to_check_the_hash():
    seal = SIGNER.seal(HEADER)

    values = json.loads(seals.anchor_line(seal))

    digest, signature = values.pop("hash"), values.pop("signature")
    text = json.dumps(values, sort_keys=True, separators=(",", ":"))
    assert sha(text.encode()).hex() == digest
    assert bytes.fromhex(signature) == seal.signature


def test_header_gives_positions_in_order():
    assert (HEADER.first, HEADER.last) == (Position(1, 700, 1), Position(1, 2**40, 9))
    assert seals.START < HEADER.first < HEADER.last < Position(2, 1, 1)


@pytest.mark.parametrize("seed", ["", "11", "xy" * 32])
def test_signer_of_an_unusable_seed_is_refused(seed):
    with pytest.raises(ValueError):
        Signer.from_hex(seed)


def test_chains_start_differently():
    assert len({seals.genesis(stream) for stream in seals.streams()}) == 3
