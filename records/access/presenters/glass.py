"""Emergency access as the review pages show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from accounts.models import User
from audit import subjects
from records.access.models import BrokenGlass


@dataclass(frozen=True)
class GlassRow:
    """One emergency access with the patient in words."""

    glass: BrokenGlass
    patient: str
    minutes: int
    is_open: bool


def present(rows: list[BrokenGlass]) -> list[GlassRow]:
    """Return the rows with their patients' labels, in one query for all."""
    labels = subjects.labels(subjects.PATIENT, {row.chart_id for row in rows})
    now = timezone.now()
    return [
        GlassRow(row, labels[str(row.chart_id)], _minutes(row), row.is_open_at(now)) for row in rows
    ]


def present_review(row: BrokenGlass, reader: User) -> dict[str, Any]:
    """Return what the page of one emergency access shows to `reader`."""
    return {"row": present([row])[0], "is_own": row.user_id == reader.pk}


def _minutes(row: BrokenGlass) -> int:
    end = row.closed_at or row.ends_at
    return max(1, round((end - row.started_at).total_seconds() / 60))
