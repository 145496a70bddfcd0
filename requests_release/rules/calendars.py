"""Counting days, working days and months, as deadlines and windows need it."""

from __future__ import annotations

import calendar
from collections.abc import Set
from datetime import date, timedelta

_SATURDAY = 5


def add_days(start: date, count: int) -> date:
    """Return the day `count` calendar days after `start`; the first day counts as day 0."""
    return start + timedelta(days=count)


def add_working_days(start: date, count: int, holidays: Set[date]) -> date:
    """Return the day on which `count` working days after `start` are complete.

    Saturdays, Sundays and `holidays` do not count. With no holidays given the day comes earlier,
    never later, so nothing falls due unseen.
    """
    day = start
    while count > 0:
        day += timedelta(days=1)
        if day.weekday() < _SATURDAY and day not in holidays:
            count -= 1
    return day


def add_months(start: date, count: int) -> date:
    """Return the same day `count` months on (back if negative), the month's last if it lacks it."""
    year, month = divmod(start.year * 12 + start.month - 1 + count, 12)
    month += 1
    return date(year, month, min(start.day, calendar.monthrange(year, month)[1]))
