"""How long a record is kept: terms, and the day on which one is over.

Written short as in the tables of the trade: D+10 ten years after the last encounter, R+7 seven
after the record was made, A23 until the 23rd birthday, Maj+5 five years after coming of age,
Death+6, C+10 ten years after the payer's contract, P for ever.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from records.retention.enums import TermKind

_WRITTEN = re.compile(r"(D|R|Maj|Death|C)\+([0-9]{1,2})|A([0-9]{1,2})|P")
_KINDS = {
    "D": TermKind.AFTER_LAST_ENCOUNTER,
    "R": TermKind.AFTER_RECORD,
    "Maj": TermKind.AFTER_MAJORITY,
    "Death": TermKind.AFTER_DEATH,
    "C": TermKind.AFTER_CONTRACT,
}
_LETTERS = {kind: letters for letters, kind in _KINDS.items()}


@dataclass(frozen=True)
class Term:
    """One term; `years` is None for what is kept for ever."""

    kind: TermKind
    years: int | None

    def __str__(self) -> str:
        if self.kind == TermKind.PERMANENT:
            return "P"
        if self.kind == TermKind.UNTIL_BIRTHDAY:
            return f"A{self.years}"
        return f"{_LETTERS[self.kind]}+{self.years}"


@dataclass(frozen=True)
class Anchors:
    """The days that terms count from; None where a day is not known or has not come."""

    born_on: date | None
    majority: int
    last_encounter_on: date | None
    record_on: date | None
    died_on: date | None = None
    contract_ended_on: date | None = None


def parse(text: str) -> Term:
    """Return the term that `text` means.

    Raises:
        ValueError: it is no term.
    """
    written = _WRITTEN.fullmatch(text.strip())
    if written is None:
        raise ValueError(f"{text!r} is no retention term")
    letters, years, age = written.groups()
    if letters:
        return Term(_KINDS[letters], int(years))
    return Term(TermKind.UNTIL_BIRTHDAY, int(age)) if age else Term(TermKind.PERMANENT, None)


def add_years(day: date, years: int) -> date:
    """Return the anniversary; that of 29 February in a common year is 1 March (ENG-6)."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def last_day(term: Term, anchors: Anchors) -> date | None:
    """Return the last day on which the term keeps the record.

    None means that the day it counts from is not known or has not come, or that it never ends.
    """
    if term.years is None:
        return None
    if term.kind == TermKind.AFTER_MAJORITY:
        years, start = anchors.majority + term.years, anchors.born_on
    else:
        years, start = term.years, _start(term.kind, anchors)
    return add_years(start, years) if start else None


def _start(kind: TermKind, anchors: Anchors) -> date | None:
    return {
        TermKind.AFTER_LAST_ENCOUNTER: anchors.last_encounter_on,
        TermKind.AFTER_RECORD: anchors.record_on,
        TermKind.UNTIL_BIRTHDAY: anchors.born_on,
        TermKind.AFTER_DEATH: anchors.died_on,
        TermKind.AFTER_CONTRACT: anchors.contract_ended_on,
    }[kind]
