"""Birth dates: how exactly they are known, which are impossible, how old somebody is (MPI-6)."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from printing import words
from records.patients.enums import BirthPrecision

# The longest life on record is 122 years; nobody registered is older than this.
_OLDEST_YEARS = 125


class BirthFinding(StrEnum):
    """What is to be said about a birth date."""

    MISSING = "MISSING"
    NOT_WANTED = "NOT_WANTED"
    IN_FUTURE = "IN_FUTURE"
    TOO_LONG_AGO = "TOO_LONG_AGO"
    AFTER_DEATH = "AFTER_DEATH"
    FIRST_OF_JANUARY = "FIRST_OF_JANUARY"

    @property
    def is_error(self) -> bool:
        """Tell whether the date is refused; otherwise it only has to be confirmed."""
        return self is not BirthFinding.FIRST_OF_JANUARY


@dataclass(frozen=True)
class Age:
    """Completed years, months and days."""

    years: int
    months: int
    days: int


def findings(
    born_on: date | None, precision: str, *, today: date, died_on: date | None = None
) -> list[BirthFinding]:
    """List what is wrong or odd about a birth date.

    An exact 1 January is odd, as systems and people enter it for "not known"; the right way to
    say so is the precision (MPI-6).
    """
    if born_on is None:
        return [] if precision == BirthPrecision.UNKNOWN else [BirthFinding.MISSING]
    found = []
    if precision == BirthPrecision.UNKNOWN:
        found.append(BirthFinding.NOT_WANTED)
    if born_on > today:
        found.append(BirthFinding.IN_FUTURE)
    if born_on < _years_before(today, _OLDEST_YEARS):
        found.append(BirthFinding.TOO_LONG_AGO)
    if died_on is not None and earliest_day(born_on, precision) > died_on:
        found.append(BirthFinding.AFTER_DEATH)
    if precision == BirthPrecision.DAY and (born_on.month, born_on.day) == (1, 1):
        found.append(BirthFinding.FIRST_OF_JANUARY)
    return found


def _years_before(day: date, years: int) -> date:
    return date(day.year - years, day.month, min(day.day, 28))


def earliest_day(born_on: date, precision: str) -> date:
    """Return the first day on which the person can have been born."""
    if precision == BirthPrecision.MONTH:
        return born_on.replace(day=1)
    if precision in (BirthPrecision.YEAR, BirthPrecision.ESTIMATED):
        return born_on.replace(month=1, day=1)
    return born_on


def latest_day(born_on: date, precision: str) -> date:
    """Return the last day on which the person can have been born; retention counts from it."""
    if precision == BirthPrecision.MONTH:
        return born_on.replace(day=calendar.monthrange(born_on.year, born_on.month)[1])
    if precision in (BirthPrecision.YEAR, BirthPrecision.ESTIMATED):
        return born_on.replace(month=12, day=31)
    return born_on


def age_on(born_on: date, day: date) -> Age | None:
    """Return the age on `day`, or None before birth; who is born on 29 Feb ages on 1 Mar."""
    if day < born_on:
        return None
    months = (day.year - born_on.year) * 12 + day.month - born_on.month
    if _month_day(born_on, months) > day:
        months -= 1
    days = (day - _month_day(born_on, months)).days
    return Age(years=months // 12, months=months % 12, days=days)


def _month_day(born_on: date, months: int) -> date:
    """Return the day on which `months` months are complete: the 1st if the month is too short."""
    year, month = divmod(born_on.year * 12 + born_on.month - 1 + months, 12)
    month += 1
    last = calendar.monthrange(year, month)[1]
    if born_on.day > last:
        return date(year, month, last) + timedelta(days=1)
    return date(year, month, born_on.day)


def age_text(born_on: date | None, day: date, precision: str = BirthPrecision.DAY) -> str:
    """Return the age for the banner: 3 d, 5 wk, 14 mo, 65 y, ~40 y; "" where not known."""
    age = age_on(born_on, day) if born_on else None
    if born_on is None or age is None or precision == BirthPrecision.UNKNOWN:
        return ""
    about = "" if precision == BirthPrecision.DAY else "~"
    total_days = (day - born_on).days
    if age.years >= 2:
        return f"{about}{age.years} y"
    if age.years or age.months >= 3:
        return f"{about}{age.years * 12 + age.months} mo"
    return f"{about}{total_days // 7} wk" if total_days >= 28 else f"{about}{total_days} d"


def birth_text(born_on: date | None, precision: str) -> str:
    """Return the birth date as it is shown, no more exact than it is known."""
    if born_on is None or precision == BirthPrecision.UNKNOWN:
        return "birth date unknown"
    if precision == BirthPrecision.MONTH:
        return f"{born_on:%b %Y}"
    if precision == BirthPrecision.YEAR:
        return f"{born_on:%Y}"
    return f"about {born_on:%Y}" if precision == BirthPrecision.ESTIMATED else words.day(born_on)
