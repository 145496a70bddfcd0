"""Loose files that wait, as the desk reads them: those of units whose charts a person may open."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_datetime

from accounts.models import User
from records.documents import access
from records.documents.enums import UnfiledStatus
from records.documents.models import UnfiledFile

PAGE = 50


@dataclass(frozen=True)
class Tray:
    """One page of the files that wait; `next_key` is empty on the last."""

    files: list[UnfiledFile]
    next_key: str
    is_first: bool


def list_waiting(user: User) -> QuerySet[UnfiledFile]:
    """Return the files that wait in the person's units, oldest first."""
    return (
        UnfiledFile.objects.filter(
            unit_id__in=access.list_unit_ids(user), status=UnfiledStatus.WAITING
        )
        .select_related("unit", "received_by")
        .order_by("received_at", "pk")
    )


def get_tray(user: User, *, after: str = "") -> Tray:
    """Return the page of waiting files that begins behind the key `after`."""
    place = _read_key(after)
    waiting = list_waiting(user)
    rows = list((waiting.filter(place) if place else waiting)[: PAGE + 1])
    next_key = _write_key(rows[PAGE - 1]) if len(rows) > PAGE else ""
    return Tray(rows[:PAGE], next_key, place is None)


def find(unfiled_id: int) -> UnfiledFile | None:
    """Return a file by its id, whatever became of it."""
    rows = UnfiledFile.objects.select_related("unit", "received_by", "closed_by")
    return rows.filter(pk=unfiled_id).first()


def find_next(user: User, row: UnfiledFile) -> int | None:
    """Return the file that waits behind `row`, else the oldest that waits, else None."""
    others = list_waiting(user).exclude(pk=row.pk)
    behind = others.filter(_behind(row))
    return (
        behind.values_list("pk", flat=True).first() or others.values_list("pk", flat=True).first()
    )


def find_same_waiting(unit_id: int, sha256: str) -> UnfiledFile | None:
    """Return a file with the very same bytes that waits in the unit already."""
    same = UnfiledFile.objects.filter(sha256=sha256, unit_id=unit_id, status=UnfiledStatus.WAITING)
    return same.order_by("pk").first()


def count_waiting(user: User, *, most: int) -> int:
    """Return how many files wait in the person's units, counted up to `most`."""
    return list_waiting(user)[:most].count()


def _behind(row: UnfiledFile) -> Q:
    return Q(received_at__gt=row.received_at) | Q(received_at=row.received_at, pk__gt=row.pk)


def _write_key(row: UnfiledFile) -> str:
    return f"{row.received_at.isoformat()}_{row.pk}"


def _read_key(text: str) -> Q | None:
    moment, _, key = text.partition("_")
    try:
        at = parse_datetime(moment)
    except ValueError:
        return None
    if at is None or at.tzinfo is None or not key.isdecimal():
        return None
    return _behind(UnfiledFile(pk=int(key), received_at=at))
