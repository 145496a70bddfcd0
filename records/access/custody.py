"""Rows of the rooms above that carry the unit of a chart, so that lists need not look it up.

A room registers how its rows follow when the chart is moved to another unit:

    custody.register("documents_document", follow)

`follow(chart_id, unit_id)` runs inside the move's transaction, after the chart's own row. `lock`
is for the room whose row all others hang on: it is called first, so that whoever inserts a row
with the old unit is over by then, or waits for the move and reads the new one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Follow = Callable[[int, int], object]
Lock = Callable[[int], object]


@dataclass(frozen=True)
class Carrier:
    """A table whose rows carry the unit of their chart, and how they follow it."""

    table: str
    follow: Follow
    lock: Lock | None = None


_carriers: dict[str, Carrier] = {}


def register(table: str, follow: Follow, *, lock: Lock | None = None) -> None:
    """Let the rows of `table` follow a chart to its new unit."""
    _carriers[table] = Carrier(table, follow, lock)


def registered() -> list[Carrier]:
    """Return all tables that follow, in a fixed order."""
    return [carrier for _, carrier in sorted(_carriers.items())]


def lock_all(chart_id: int) -> None:
    """Let nobody add a row to the chart until this transaction is over."""
    for carrier in registered():
        if carrier.lock is not None:
            carrier.lock(chart_id)


def follow_all(chart_id: int, unit_id: int) -> None:
    """Let every row that carries the chart's unit carry the new one."""
    for carrier in registered():
        carrier.follow(chart_id, unit_id)
