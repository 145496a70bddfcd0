"""Dates of stays and visits: which cannot be."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from records.encounters.errors import DatesRefused

# Clocks of the wards and of the records room differ by some minutes.
TOLERANCE = timedelta(minutes=15)
LONGEST_PLAN = timedelta(days=2 * 365)


def check_start(
    start: datetime,
    *,
    started_on: date,
    now: datetime,
    born_on: date | None,
    died_on: date | None,
    is_planned: bool,
) -> None:
    """Refuse a start that cannot be.

    `started_on` is the day of the start at the facility: an evening in New York is the next day
    in UTC.

    Raises:
        DatesRefused: before birth, after death, in the future, or planned too far ahead.
    """
    latest = now + (LONGEST_PLAN if is_planned else TOLERANCE)
    if start > latest:
        raise DatesRefused("started_at", "This lies in the future.")
    if born_on and started_on < born_on:
        raise DatesRefused("started_at", "This lies before the patient's birth.")
    if died_on and started_on > died_on:
        raise DatesRefused("started_at", "This lies after the patient's death.")


def check_end(start: datetime, end: datetime, *, now: datetime, last_move: datetime | None) -> None:
    """Refuse an end that cannot be.

    Raises:
        DatesRefused: before the start, before the last transfer, or in the future.
    """
    if end < start:
        raise DatesRefused("ended_at", "The discharge lies before the admission.")
    if last_move and end < last_move:
        raise DatesRefused("ended_at", "The discharge lies before the last transfer.")
    if end > now + TOLERANCE:
        raise DatesRefused("ended_at", "This lies in the future.")


def check_move(
    start: datetime, moved: datetime, *, now: datetime, last_move: datetime | None
) -> None:
    """Refuse the time of a transfer that cannot be.

    Raises:
        DatesRefused: before the admission or the transfer before it, or in the future.
    """
    if moved < start:
        raise DatesRefused("moved_at", "The transfer lies before the admission.")
    if last_move and moved < last_move:
        raise DatesRefused("moved_at", "The transfer lies before the one before it.")
    if moved > now + TOLERANCE:
        raise DatesRefused("moved_at", "This lies in the future.")


def length_of_stay(admitted_on: date, discharged_on: date) -> int:
    """Return the length of stay in days; the same day counts as one (rules ST-5)."""
    return max(1, (discharged_on - admitted_on).days)
