"""Values of the page of seals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from audit.enums import Stream
from audit.presenters.words import word
from audit.rules.seals import SealValue


@dataclass(frozen=True, slots=True)
class SealLine:
    """A seal as the page of seals shows it."""

    chain: str
    number: int
    rows: int
    sealed_at: datetime
    hash: str


def seal_lines(seals: Iterable[SealValue]) -> list[SealLine]:
    """Return seals as lines of their page."""
    return [
        SealLine(
            chain=word(Stream, seal.header.stream),
            number=seal.header.number,
            rows=seal.header.row_count,
            sealed_at=seal.header.sealed_at,
            hash=seal.hash.hex(),
        )
        for seal in seals
    ]
