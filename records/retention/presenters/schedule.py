"""Rows of the schedule as its page shows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from records.retention.enums import Certainty
from records.retention.models import ScheduleRule
from records.retention.presenters import words

TONES = {Certainty.HIGH: "ok", Certainty.MEDIUM: "neutral", Certainty.LOW: "warn"}
EVERYWHERE = "Everywhere"


@dataclass(frozen=True)
class Line:
    """One row in words."""

    row: ScheduleRule
    term: str
    state: str
    record_class: str
    tone: str


@dataclass(frozen=True)
class Group:
    """The rows of one state."""

    state: str
    lines: list[Line]


def line(row: ScheduleRule) -> Line:
    """Return a row in words."""
    return Line(
        row=row,
        term=words.term(row.term_kind, row.years, row.series),
        state=row.state or EVERYWHERE,
        record_class=row.get_record_class_display() if row.record_class else "All",
        tone=TONES[Certainty(row.certainty)],
    )


def groups(rows: Iterable[ScheduleRule]) -> list[Group]:
    """Return rows, which come in the order of their states, by state."""
    return [
        Group(state or EVERYWHERE, [line(row) for row in found])
        for state, found in groupby(rows, key=lambda row: row.state)
    ]
