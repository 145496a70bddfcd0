"""Accounting of disclosures to a patient: which period, what it costs, what is held back.

45 CFR 164.528; rules 1.4. What goes in is told by `bases.accounting_required`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from requests_release.rules import calendars
from requests_release.rules.bases import accounting_required, minimum_necessary
from requests_release.rules.figures import FigureCode, figure

__all__ = ["accounting_required", "minimum_necessary"]


@dataclass(frozen=True)
class Suspension:
    """An agency's statement that an accounting would impede it (AOD-9).

    A written one names its end; an oral one lapses by itself.
    """

    agency: str
    made_on: date
    stated_until: date | None = None
    is_written: bool = False


@dataclass(frozen=True)
class Disclosed:
    """One disclosure, as far as the accounting tells it (AOD-4)."""

    on: date
    recipient: str
    recipient_address: str
    description: str
    purpose: str


@dataclass(frozen=True)
class AccountingRow:
    """A disclosure, or the first of several alike with their number and last date (AOD-5)."""

    first: Disclosed
    count: int
    last_on: date


def period(
    requested_on: date, *, wanted_from: date | None = None, wanted_until: date | None = None
) -> tuple[date, date]:
    """Return the first and last day that an accounting covers: six years, or less if wanted.

    The look-back never loses a day to a leap year (AOD-1).
    """
    years = figure(FigureCode.ACCOUNTING_LOOK_BACK_YEARS, on=requested_on).value
    earliest = calendars.add_months(requested_on, -12 * years)
    first = max(earliest, wanted_from or earliest)
    last = min(requested_on, wanted_until or requested_on)
    return first, max(first, last)


def is_chargeable(requested_on: date, earlier: Iterable[date]) -> bool:
    """Tell whether this accounting may be charged: the first in any twelve months is free (AOD-8).

    Twelve months run from a free one; charged ones in between start nothing.
    """
    months = figure(FigureCode.ACCOUNTING_FREE_MONTHS, on=requested_on).value
    free_on: date | None = None
    for asked_on in sorted([*(day for day in earlier if day <= requested_on), requested_on]):
        is_free = free_on is None or asked_on >= calendars.add_months(free_on, months)
        if is_free:
            free_on = asked_on
    return not is_free


def suspended_until(suspension: Suspension) -> date:
    """Return the last day on which rows for this agency are held back.

    An oral statement, or a written one without a time, lapses after thirty days.
    """
    days = figure(FigureCode.ORAL_SUSPENSION_DAYS, on=suspension.made_on).value
    oral_end = calendars.add_days(suspension.made_on, days)
    if suspension.is_written:
        return suspension.stated_until or oral_end
    return min(oral_end, suspension.stated_until or oral_end)


def is_suspended(recipient: str, suspensions: Iterable[Suspension], *, today: date) -> bool:
    """Tell whether rows of this recipient are held back today; they are never deleted."""
    return any(
        suspension.agency == recipient
        and suspension.made_on <= today <= suspended_until(suspension)
        for suspension in suspensions
    )


def condense(disclosures: Sequence[Disclosed]) -> list[AccountingRow]:
    """Return one row for several disclosures to one recipient for one purpose (AOD-5)."""

    def alike(one: Disclosed) -> tuple[str, str, str]:
        return one.recipient, one.recipient_address, one.purpose

    ordered = sorted(disclosures, key=lambda one: (alike(one), one.on))
    groups = [list(group) for _, group in groupby(ordered, key=alike)]
    rows = [AccountingRow(group[0], len(group), group[-1].on) for group in groups]
    return sorted(rows, key=lambda row: (row.first.on, row.first.recipient))
