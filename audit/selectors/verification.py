"""Checks the whole trail against its seals, and the seals against the anchor outside.

Finds any row that was altered, removed or put into a sealed range, any seal that was altered,
removed, forged or replaced, and names it. It trusts nothing in the database: only the public keys
and the anchor file.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from audit.enums import Finding
from audit.rules.seals import (
    Header,
    SealValue,
    genesis,
    hash_of,
    is_signed,
    merkle_root,
    pack_leaves,
    streams,
    unpack_leaves,
)
from audit.selectors import anchors, rows
from audit.selectors import seals as sealed
from audit.selectors.rows import Block

MOST_FINDINGS = 10_000
ANCHOR_WITHIN = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Broken:
    """One thing that is wrong: with a row (`event`: its number) of a chain, or with a seal."""

    stream: str
    seal: int | None
    event: int | None
    what: Finding


@dataclass(slots=True)
class Tally:
    """What was counted in one chain."""

    found: int = 0
    sealed: int = 0
    seals: int = 0
    unsealed: int = 0
    checked: int = 0


@dataclass(slots=True)
class Report:
    """What verification found; `broken` lists the first 10,000 of `broken_count` findings."""

    tallies: dict[str, Tally] = field(default_factory=dict)
    broken: list[Broken] = field(default_factory=list)
    broken_count: int = 0
    seconds: float = 0.0

    @property
    def rows_per_second(self) -> int:
        """Return how many rows were read and hashed in a second."""
        checked = sum(tally.checked for tally in self.tallies.values())
        return round(checked / self.seconds) if self.seconds else 0

    def add(self, findings: Iterator[Broken]) -> None:
        """Take findings in."""
        for finding in findings:
            if finding.event is None and finding in self.broken:
                continue  # a missing seal shows in its chain and in the anchor
            self.broken_count += 1
            if len(self.broken) < MOST_FINDINGS:
                self.broken.append(finding)


def verify(
    public_keys: dict[str, bytes], *, since: datetime | None = None, until: datetime | None = None
) -> Report:
    """Check chains, rows and anchor. With a period the rows of its seals alone are read again.

    The seals themselves are always checked from the first to the last, and against the anchor.
    """
    started = time.perf_counter()
    report = Report()
    for stream in streams():
        tally = report.tallies[stream] = Tally()
        check = _Chain(stream, public_keys, since, until, tally)
        report.add(check.run())
    report.add(_check_anchor())
    report.seconds = time.perf_counter() - started
    return report


@dataclass(slots=True)
class _Chain:
    """The check of one chain, seal by seal."""

    stream: str
    public_keys: dict[str, bytes]
    since: datetime | None
    until: datetime | None
    tally: Tally
    last: SealValue | None = None

    def run(self) -> Iterator[Broken]:
        for seal in sealed.list_seals(self.stream):
            missing = range(self._number + 1, seal.header.number)
            for number in missing:
                yield self._broken(number, Finding.SEAL_MISSING)
            yield from self._check_seal(seal, after_gap=bool(missing))
            yield from self._check_rows(seal, after_gap=bool(missing))
            self.last = seal
        yield from self._check_end()

    @property
    def _number(self) -> int:
        return self.last.header.number if self.last else 0

    def _broken(self, seal: int | None, what: Finding, event: int | None = None) -> Broken:
        return Broken(self.stream, seal, event, what)

    def _check_seal(self, seal: SealValue, *, after_gap: bool) -> Iterator[Broken]:
        number = seal.header.number
        if seal.hash != hash_of(seal.header):
            yield self._broken(number, Finding.SEAL_ALTERED)
        elif not is_signed(seal, self.public_keys):
            yield self._broken(number, Finding.SEAL_FORGED)
        expected = self.last.hash if self.last else genesis(self.stream)
        if seal.header.prev_hash != expected and not after_gap:
            yield self._broken(number, Finding.SEAL_UNLINKED)

    def _is_in_period(self, header: Header) -> bool:
        """Return whether the block was closed in the period, or is the first one closed after it.

        The latter may hold rows that were written before the period's end.
        """
        if self.since and header.sealed_at < self.since:
            return False
        return not (self.until and self.last and self.last.header.sealed_at >= self.until)

    def _check_rows(self, seal: SealValue, *, after_gap: bool) -> Iterator[Broken]:
        header = seal.header
        self.tally.seals += 1
        self.tally.sealed += header.row_count
        if not self._is_in_period(header):
            self.tally.found += header.row_count
            return
        start = header.first if after_gap else sealed.end_of(self.last)
        block = rows.get_rows_between(self.stream, start, header.last, includes_first=after_gap)
        self.tally.found += len(block)
        self.tally.checked += len(block)
        yield from self._compare(header, block)

    def _compare(self, header: Header, block: Block) -> Iterator[Broken]:
        stored = sealed.get_leaves(self.stream, header.number)
        is_whole = bool(block.leaves) and merkle_root(block.leaves) == header.root
        if is_whole and stored == pack_leaves(block.ids, block.leaves):
            return
        ids, leaves = unpack_leaves(stored)
        if is_whole or not leaves or merkle_root(leaves) != header.root:
            yield self._broken(header.number, Finding.SEAL_ALTERED)
        if not is_whole:
            yield from self._differences(header, dict(zip(ids, leaves, strict=True)), block)

    def _differences(
        self, header: Header, expected: dict[int, bytes], block: Block
    ) -> Iterator[Broken]:
        for number, leaf in zip(block.ids, block.leaves, strict=True):
            sealed_leaf = expected.pop(number, None)
            if sealed_leaf is None:
                yield self._broken(header.number, Finding.ADDED, number)
            elif sealed_leaf != leaf:
                yield self._broken(header.number, Finding.ALTERED, number)
        for number in expected:
            yield self._broken(header.number, Finding.MISSING, number)

    def _check_end(self) -> Iterator[Broken]:
        end = sealed.end_of(self.last)
        self.tally.unsealed = rows.count_rows_after(self.stream, end)
        self.tally.found += self.tally.unsealed
        ahead = rows.get_rows_of_the_future(self.stream, end, most=MOST_FINDINGS)
        for number in ahead.ids:
            yield self._broken(None, Finding.FROM_THE_FUTURE, number)


def _check_anchor() -> Iterator[Broken]:
    """Compare the anchor with the seals; both run in the order of each chain."""
    cursors = {stream: _Cursor(stream) for stream in streams()}
    for entry in anchors.read():
        if entry is None or entry.stream not in cursors:
            yield Broken("", None, None, Finding.ANCHOR_DAMAGED)
        else:
            yield from cursors[entry.stream].compare(entry.number, entry.hash)
    for cursor in cursors.values():
        yield from cursor.rest()


class _Cursor:
    """Walks the seals of a chain beside their anchor lines."""

    def __init__(self, stream: str) -> None:
        self.stream = stream
        self.seals = sealed.list_seals(stream)
        self.next = next(self.seals, None)
        self.reached = 0
        self.patience = datetime.now(UTC) - ANCHOR_WITHIN

    def compare(self, number: int, digest: bytes) -> Iterator[Broken]:
        """Compare one anchor line; seals before it that have none are reported."""
        if number <= self.reached:  # written twice, around a crash
            yield from self._judge(sealed.get_seal(self.stream, number), number, digest)
            return
        self.reached = number
        while self.next and self.next.header.number < number:
            yield from self._not_anchored(self._take())
        is_there = self.next is not None and self.next.header.number == number
        yield from self._judge(self._take() if is_there else None, number, digest)

    def rest(self) -> Iterator[Broken]:
        """Report the seals behind the anchor's end that should have been anchored by now."""
        while self.next:
            yield from self._not_anchored(self._take())

    def _take(self) -> SealValue | None:
        taken, self.next = self.next, next(self.seals, None)
        return taken

    def _judge(self, seal: SealValue | None, number: int, digest: bytes) -> Iterator[Broken]:
        if seal is None:
            yield Broken(self.stream, number, None, Finding.SEAL_MISSING)
        elif seal.hash != digest:
            yield Broken(self.stream, number, None, Finding.SEAL_REPLACED)

    def _not_anchored(self, seal: SealValue | None) -> Iterator[Broken]:
        if seal and seal.header.sealed_at < self.patience:
            yield Broken(self.stream, seal.header.number, None, Finding.NOT_ANCHORED)
