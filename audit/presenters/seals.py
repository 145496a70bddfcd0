"""Values of the page of seals."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from audit.enums import Outcome, Stream
from audit.presenters.words import word
from audit.rules.seals import SealValue
from audit.selectors.events import EventRow


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


@dataclass(frozen=True, slots=True)
class VerificationLine:
    """A verification as the page of seals tells of it; without `since` all rows were read."""

    at: datetime
    is_sound: bool
    broken: int
    seals: int
    since: datetime | None


def verification_line(event: EventRow | None) -> VerificationLine | None:
    """Return what the event of a verification says, or None where there was none."""
    if event is None:
        return None
    detail = json.loads(event.detail)
    since = detail.get("since")
    return VerificationLine(
        at=event.occurred_at,
        is_sound=event.outcome == Outcome.SUCCESS,
        broken=detail.get("broken", 0),
        seals=detail.get("seals", 0),
        since=datetime.fromisoformat(since) if since else None,
    )
