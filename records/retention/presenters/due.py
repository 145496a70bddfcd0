"""Due charts as the list shows them: who, when, why, and what stands against it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from records.patients.selectors.lines import DirectoryLine
from records.retention.presenters import words
from records.retention.selectors.charts import ChartFacts
from records.retention.selectors.due import YearCount

BARS = 30
HEIGHT = 98
STEP = 10
# Of the years under the bars only every fifth is written, and none where an end needs the room: so
# many bars for a year, so many for words, on the narrowest screen.
YEARS_APART = 5
ROOM_OF_YEAR, ROOM_OF_WORDS = 4, 8
ROUND_TOPS = (2, 4, 10)


@dataclass(frozen=True)
class Line:
    """One chart of the list."""

    person: DirectoryLine
    eligible_on: date | None
    why: str
    cite: str
    obstacle: str
    tone: str
    can_propose: bool
    batch_id: int | None


@dataclass(frozen=True)
class Bar:
    """One year of the calendar: all its charts, and in front of them those that are held."""

    label: str
    charts: int
    held: int
    url: str
    x: int
    height: int
    held_height: int
    tick: str

    @property
    def y(self) -> int:
        """Where the bar begins."""
        return HEIGHT - self.height

    @property
    def held_y(self) -> int:
        """Where the held part begins."""
        return HEIGHT - self.held_height


@dataclass(frozen=True)
class Calendar:
    """The bars of all years, and the numbers of the scale beside them."""

    bars: list[Bar]
    top: int

    @property
    def scale(self) -> list[str]:
        """Return the numbers beside the bars, from the top down."""
        return [f"{self.top:,}", f"{self.top // 2:,}", "0"]

    @property
    def width(self) -> int:
        """Return how wide the drawing is."""
        return len(self.bars) * STEP


def lines(people: Sequence[DirectoryLine], facts: dict[int, ChartFacts], today: date) -> list[Line]:
    """Return the lines of a list, in the order of `people`."""
    return [_line(person, facts[person.patient_id], today) for person in people]


def calendar(years: Sequence[YearCount], today: date) -> Calendar:
    """Return the years from this one on, all before as one bar in front, the far ones behind."""
    last = today.year + BARS
    early = [year for year in years if year.year < today.year]
    far = [year for year in years if year.year > last]
    groups: list[tuple[str, Sequence[YearCount], dict[str, Any]]] = []
    if early:
        groups.append((f"before {today.year}", early, {"show": "now"}))
    known = {year.year: year for year in years}
    for year in range(today.year, last + 1):
        found = [known[year]] if year in known else []
        groups.append((str(year), found, {"show": "all", "year": year}))
    if far:
        groups.append((f"after {last}", far, {"show": "all"}))
    top = _round_top(max(sum(year.charts for year in group) for _, group, _ in groups))
    ticks = _ticks([label for label, _, _ in groups])
    return Calendar(
        [
            _bar(at, label, group, query, top, ticks[at])
            for at, (label, group, query) in enumerate(groups)
        ],
        top,
    )


def why(facts: ChartFacts) -> str:
    """Say in words why a chart is due when it is."""
    if not facts.governing_code:
        return ""
    return f"{facts.governing_code}: {words.term(facts.term_kind, facts.years, facts.series)}"


def _round_top(most: int) -> int:
    """Return the number at the top of the scale: round, even, and not below `most`."""
    size = 1
    while size * ROUND_TOPS[-1] < most:
        size *= 10
    return next(size * top for top in ROUND_TOPS if size * top >= most)


def _ticks(labels: Sequence[str]) -> list[str]:
    """Return what is written under each bar: the ends, and between them every fifth year."""
    last = len(labels) - 1
    first_free, last_free = _room(labels[0]), last - _room(labels[-1])
    return [
        label if at in (0, last) or (_is_round(label) and first_free <= at <= last_free) else ""
        for at, label in enumerate(labels)
    ]


def _room(label: str) -> int:
    return ROOM_OF_YEAR if label.isdecimal() else ROOM_OF_WORDS


def _is_round(label: str) -> bool:
    return label.isdecimal() and int(label) % YEARS_APART == 0


def _line(person: DirectoryLine, facts: ChartFacts, today: date) -> Line:
    code = facts.obstacle_to_proposal(today)
    return Line(
        person=person,
        eligible_on=facts.eligible_on,
        why=why(facts),
        cite=facts.governing_cite,
        obstacle=words.obstacle(code, facts.eligible_on) if code else "",
        tone="warn" if code == "HOLD" else "neutral",
        can_propose=not code,
        batch_id=facts.batch_id,
    )


def _bar(
    at: int, label: str, group: Sequence[YearCount], query: dict[str, Any], top: int, tick: str
) -> Bar:
    charts, held = sum(year.charts for year in group), sum(year.held for year in group)
    return Bar(
        label=label,
        charts=charts,
        held=held,
        url=f"?{urlencode(query)}",
        x=at * STEP + 1,
        height=round(HEIGHT * charts / top),
        held_height=round(HEIGHT * held / top),
        tick=tick,
    )
