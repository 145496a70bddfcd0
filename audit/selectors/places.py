"""Where a page of lines begins and ends, by what the lines are sorted by and which line it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from audit.selectors.events import DAWN, MICROSECOND

NAME, COUNT, FIRST, LAST = "name", "count", "first", "last"
MOST_DIGITS = 40
Line = TypeVar("Line")


@dataclass(frozen=True, slots=True)
class Place:
    """A place between two lines, as it stands in an address.

    `value` is what the lines are sorted by: a count, or microseconds since 1970. By name there is
    none, for a name stands in no address.
    """

    value: int | None
    id: int

    def __str__(self) -> str:
        return f"{'' if self.value is None else self.value}.{self.id}"

    @classmethod
    def parse(cls, text: str, sort: str) -> Place | None:
        """Return the place that an address holds for this order, or None for anything else."""
        value, _, number = text.partition(".")
        has_value = column_of(sort) != NAME
        is_fit = value.isdecimal() if has_value else not value
        if not is_fit or not number.removeprefix("-").isdecimal() or len(text) > MOST_DIGITS:
            return None
        place = cls(int(value) if has_value else None, int(number))
        try:
            place.compared(sort)
        except OverflowError:
            return None
        return place

    def compared(self, sort: str) -> list[Any]:
        """Return what lines in this order are compared with.

        Raises:
            OverflowError: there is no such moment.
        """
        if self.value is None:
            return [self.id]
        is_count = column_of(sort) == COUNT
        return [self.value if is_count else DAWN + self.value * MICROSECOND, self.id]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines are wanted, in which order: those after a place, those before it, or all."""

    most: int
    sort: str
    after: Place | None = None
    before: Place | None = None

    @classmethod
    def read(cls, most: int, sort: str, after: str, before: str) -> Wanted:
        """Return what an address asks for; a place of no use begins anew."""
        return cls(most, sort, Place.parse(after, sort), Place.parse(before, sort))

    @property
    def place(self) -> Place | None:
        """Return where the lines begin."""
        return self.before or self.after

    @property
    def is_backwards(self) -> bool:
        """Tell whether lines are fetched against their order."""
        return self.before is not None

    @property
    def direction(self) -> str:
        """Return the order in which lines are fetched, as SQL says it."""
        return "DESC" if self.sort.startswith("-") is not self.is_backwards else "ASC"

    @property
    def sign(self) -> str:
        """Return how lines that are wanted compare with the place."""
        return "<" if self.direction == "DESC" else ">"


@dataclass(frozen=True, slots=True)
class Page(Generic[Line]):
    """Some lines in order, and the places where the pages before and after them begin."""

    lines: list[Line]
    previous: Place | None
    next: Place | None


def column_of(sort: str) -> str:
    """Return what an order sorts by."""
    return sort.removeprefix("-")


def micros(moment: datetime) -> int:
    """Return a moment as microseconds since 1970."""
    return (moment - DAWN) // MICROSECOND
