"""Seals as values: the tree over a block's rows, the header that is hashed and signed, the chain.

A block's rows are the lines of `COPY … TO STDOUT`. A leaf is the SHA-256 of a line, an inner node
the SHA-256 of a byte 1 and its two children; a line starts with a digit, so no line can pass for a
node. A seal's hash is the SHA-256 of its header as JSON with sorted names and no spaces; the
signature is Ed25519 over that hash. Anybody with the public key and the rows can check all of it.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from audit.enums import Stream

LEAF_BYTES = 40
ID_BYTES = 8
NODE = b"\x01"


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """Where a row stands in its chain."""

    epoch: int
    txid: int
    id: int


START = Position(0, 0, 0)


@dataclass(frozen=True, slots=True)
class Header:
    """What a seal's hash covers."""

    stream: str
    number: int
    epoch: int
    first_txid: int
    first_id: int
    last_txid: int
    last_id: int
    row_count: int
    root: bytes
    prev_hash: bytes
    key_id: str
    sealed_at: datetime

    @property
    def first(self) -> Position:
        """Return the position of the block's first row."""
        return Position(self.epoch, self.first_txid, self.first_id)

    @property
    def last(self) -> Position:
        """Return the position of the block's last row."""
        return Position(self.epoch, self.last_txid, self.last_id)


@dataclass(frozen=True, slots=True)
class SealValue:
    """A seal without its leaves."""

    header: Header
    hash: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Signer:
    """The key that seals are signed with; it never enters the database."""

    key: Ed25519PrivateKey

    @classmethod
    def from_hex(cls, seed: str) -> Signer:
        """Return the signer of a 32-byte seed in hex.

        Raises:
            ValueError: not 32 bytes in hex.
        """
        return cls(Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed)))

    @property
    def public(self) -> bytes:
        """Return the public key's 32 bytes."""
        return self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    def seal(self, header: Header) -> SealValue:
        """Hash and sign a header."""
        digest = hash_of(header)
        return SealValue(header, digest, self.key.sign(digest))


def key_id_of(public: bytes) -> str:
    """Return the short name by which a seal tells which key signed it."""
    return hashlib.sha256(public).hexdigest()[:16]


def genesis(stream: str) -> bytes:
    """Return what the first seal of a chain follows."""
    return hashlib.sha256(f"chartroom trail {stream}".encode()).digest()


def canonical(header: Header) -> dict[str, Any]:
    """Return a header as it is hashed, and as it stands in the anchor file."""
    values = asdict(header)
    values["root"] = header.root.hex()
    values["prev_hash"] = header.prev_hash.hex()
    values["sealed_at"] = header.sealed_at.astimezone(UTC).isoformat(timespec="microseconds")
    return values


def hash_of(header: Header) -> bytes:
    """Return a seal's hash."""
    text = json.dumps(canonical(header), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).digest()


def is_signed(seal: SealValue, public_keys: dict[str, bytes]) -> bool:
    """Return whether a seal's signature is by the key that it names, and that key is ours."""
    public = public_keys.get(seal.header.key_id)
    if public is None:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(seal.signature, seal.hash)
    except InvalidSignature:
        return False
    return True


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """Return the root of the tree over `leaves` (at least one); a lone node goes up unchanged."""
    sha256 = hashlib.sha256
    level = leaves
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=False)
        above = [sha256(NODE + left + right).digest() for left, right in pairs]
        if len(level) % 2:
            above.append(level[-1])
        level = above
    return level[0]


def pack_leaves(ids: Sequence[int], leaves: Iterable[bytes]) -> bytes:
    """Return ids and leaf hashes as stored in a seal: all ids in 8 bytes each, then all hashes."""
    return struct.pack(f">{len(ids)}q", *ids) + b"".join(leaves)


def unpack_leaves(packed: bytes) -> tuple[tuple[int, ...], list[bytes]]:
    """Return the ids and the leaf hashes of a seal."""
    count = len(packed) // LEAF_BYTES
    split = count * ID_BYTES
    hashes = packed[split:]
    return (
        struct.unpack(f">{count}q", packed[:split]),
        [hashes[start : start + 32] for start in range(0, len(hashes), 32)],
    )


def anchor_line(seal: SealValue) -> str:
    """Return a seal as one line of the anchor file."""
    values = canonical(seal.header) | {"hash": seal.hash.hex(), "signature": seal.signature.hex()}
    return json.dumps(values, sort_keys=True, separators=(",", ":")) + "\n"


def streams() -> tuple[str, ...]:
    """Return the chains, in the order in which they are sealed and verified."""
    return tuple(Stream.values)
