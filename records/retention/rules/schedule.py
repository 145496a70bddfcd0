"""The rows of the schedule: one term of one law or policy while it is in force."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from records.retention.enums import (
    Certainty,
    Payer,
    Population,
    RecordClass,
    RecordSeries,
    TermKind,
)
from records.retention.enums import RuleSource as Source
from records.retention.rules.terms import Term

# Of two rows with the same date the law is named before the policy.
SOURCE_RANK: dict[Source, int] = {
    Source.STATE: 0,
    Source.FEDERAL: 1,
    Source.PAYER: 2,
    Source.PROFESSIONAL: 3,
    Source.POLICY: 4,
}


@dataclass(frozen=True)
class ScheduleRule:
    """One row; an empty state, class or payer means every one. `effective_to` is its last day."""

    code: str
    source: Source
    term: Term
    cite: str
    certainty: Certainty
    verified_on: date
    effective_from: date
    effective_to: date | None = None
    state: str = ""
    record_class: RecordClass | None = None
    series: RecordSeries = RecordSeries.HEALTH_RECORD
    population: Population = Population.ALL
    payer: Payer | None = None
    source_tag: str = ""
    note: str = ""

    @property
    def counts_from_privacy(self) -> bool:
        """Tell whether it keeps a chart for years after its newest privacy document."""
        is_of_series = self.series == RecordSeries.PRIVACY_DOCUMENT
        return is_of_series and self.term.kind == TermKind.AFTER_RECORD

    def is_in_force(self, on: date) -> bool:
        """Tell whether the row counts on the day."""
        return self.effective_from <= on and (self.effective_to is None or on <= self.effective_to)


@dataclass(frozen=True)
class MajorityRow:
    """The age of majority in a state while it is in force; an empty state is every other one."""

    state: str
    age: int
    cite: str
    verified_on: date
    effective_from: date
    effective_to: date | None = None

    def is_in_force(self, on: date) -> bool:
        """Tell whether the row counts on the day."""
        return self.effective_from <= on and (self.effective_to is None or on <= self.effective_to)


class MajorityUnknown(LookupError):
    """No age of majority is in force for a state."""


def majority_age(state: str, rows: Iterable[MajorityRow], *, as_of: date) -> int:
    """Return at which age people come of age in the state (ENG-5).

    Raises:
        MajorityUnknown: neither the state nor "every other" has a row in force.
    """
    ages = {row.state: row.age for row in rows if row.is_in_force(as_of)}
    if state in ages:
        return ages[state]
    if "" in ages:
        return ages[""]
    raise MajorityUnknown(f"{state} on {as_of}")
