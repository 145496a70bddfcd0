"""Days, moments and numbers in words, the same on paper and on the screen."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day(value: date | datetime | None) -> str:
    """Write a date as `Mar 14, 1961`; a moment is first taken to the facility's time zone."""
    found = local(value)
    return f"{MONTHS[found.month - 1]} {found.day}, {found.year}" if found else ""


def sortable_birth(value: date | None, precision: str) -> str:
    """Write a birth date for a table that is sorted, no more exact than known: `1961-03`."""
    if value is None or precision == "UNKNOWN":
        return ""
    known = {"MONTH": 7, "YEAR": 4, "ESTIMATED": 4}.get(precision)
    return value.isoformat()[:known]


def moment(value: datetime | None) -> str:
    """Write a moment as `Mar 14, 1961, 14:05` in the facility's time zone."""
    found = local(value)
    if not isinstance(found, datetime):
        return day(found)
    return f"{day(found)}, {found:%H:%M}"


def counted(number: int, noun: str) -> str:
    """Write a number with its noun, in the plural where it is not one: `1 page`, `1,200 pages`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def person_name(family: str, given: str = "", middle: str = "", suffix: str = "") -> str:
    """Write a name as records rooms do: `MUÑOZ, Rosa Elena`, suffix last."""
    first = " ".join(filter(None, (given, middle)))
    return ", ".join(filter(None, (family.upper(), first, suffix)))


def span(first: date | None, last: date | None) -> str:
    """Write a period of days: `Mar 14, 1961 to Mar 20, 1961`, open on either side, or one day."""
    if first and last:
        return day(first) if first == last else f"{day(first)} to {day(last)}"
    if first:
        return f"from {day(first)}"
    return f"until {day(last)}" if last else ""


def local(value: date | datetime | None) -> date | datetime | None:
    """Return a moment in the facility's time zone, a date as it is."""
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value or None
