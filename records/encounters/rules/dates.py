"""Dates of stays and visits: which cannot be."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from records.encounters.errors import DatesRefused

# Clocks of the wards and of the records room differ by some minutes.
TOLERANCE = timedelta(minutes=15)
MINUTE = timedelta(minutes=1)
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


def to_minute(at: datetime) -> datetime:
    """Return the minute of a moment: times of encounters are typed and kept to the minute."""
    return at.replace(second=0, microsecond=0)


def not_before(typed: datetime, *earlier: datetime | None) -> datetime:
    """Return a time typed to the minute, no earlier than what happened within that minute.

    Another system tells of its admissions and transfers to the second.
    """
    within = [at for at in earlier if at and typed < at < to_minute(typed) + MINUTE]
    return max([typed, *within])


def check_end(
    start: datetime,
    end: datetime,
    *,
    now: datetime,
    last_move: datetime | None,
    is_visit: bool = False,
) -> None:
    """Refuse an end that cannot be.

    Raises:
        DatesRefused: before the start, before the last transfer, or in the future.
    """
    what = "end" if is_visit else "discharge"
    if end < start:
        raise DatesRefused("ended_at", f"The {what} lies before {_start(is_visit=is_visit)}.")
    if last_move and end < last_move:
        raise DatesRefused("ended_at", f"The {what} lies before the last transfer.")
    if end > now + TOLERANCE:
        raise DatesRefused("ended_at", "This lies in the future.")


def check_move(
    start: datetime,
    moved: datetime,
    *,
    now: datetime,
    last_move: datetime | None,
    is_visit: bool = False,
) -> None:
    """Refuse the time of a transfer that cannot be.

    Raises:
        DatesRefused: before the start or the transfer before it, or in the future.
    """
    if moved < start:
        raise DatesRefused("moved_at", f"The transfer lies before {_start(is_visit=is_visit)}.")
    if last_move and moved < last_move:
        raise DatesRefused("moved_at", "The transfer lies before the one before it.")
    if moved > now + TOLERANCE:
        raise DatesRefused("moved_at", "This lies in the future.")


def _start(*, is_visit: bool) -> str:
    return "the visit began" if is_visit else "the admission"


def length_of_stay(admitted_on: date, discharged_on: date) -> int:
    """Return the length of stay in days; the same day counts as one (rules ST-5)."""
    return max(1, (discharged_on - admitted_on).days)
