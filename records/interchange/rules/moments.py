"""Moments of a source as days and times of the house."""

from __future__ import annotations

from datetime import date, datetime, time, tzinfo

from records.interchange.enums import Precision
from records.interchange.values import Moment

TIME_WITHOUT_ZONE = 19  # characters of 2020-01-02T03:04:05


def time_of(moment: Moment, zone: tzinfo) -> datetime:
    """Return the moment as a time: a day begins at its midnight in the house's zone.

    A time that was given without a zone is taken as one of the house.
    """
    if moment.at is not None:
        return moment.at
    if moment.precision == Precision.TIME:
        return datetime.fromisoformat(moment.text[:TIME_WITHOUT_ZONE]).replace(tzinfo=zone)
    return datetime.combine(moment.on, time.min, zone)


def day_of(moment: Moment, zone: tzinfo, *, not_before: date | None = None) -> date:
    """Return the day of a moment in the house's zone.

    Just after midnight abroad may be the evening before here; where that would lie before
    `not_before` (a birth date, which has no zone) the day as it was written holds.
    """
    if moment.at is None:
        return moment.on
    here = moment.at.astimezone(zone).date()
    return moment.on if not_before and here < not_before <= moment.on else here
