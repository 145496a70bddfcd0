"""Days and moments in words, the same on paper and on the screen."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day(value: date | datetime | None) -> str:
    """Write a date as `Mar 14, 1961`; a moment is first taken to the facility's time zone."""
    found = local(value)
    return f"{MONTHS[found.month - 1]} {found.day}, {found.year}" if found else ""


def moment(value: datetime | None) -> str:
    """Write a moment as `Mar 14, 1961, 14:05` in the facility's time zone."""
    found = local(value)
    if not isinstance(found, datetime):
        return day(found)
    return f"{day(found)}, {found:%H:%M}"


def local(value: date | datetime | None) -> date | datetime | None:
    """Return a moment in the facility's time zone, a date as it is."""
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value or None
