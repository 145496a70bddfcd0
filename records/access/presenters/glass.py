"""Emergency access as the review page shows it."""

from __future__ import annotations

from dataclasses import dataclass

from audit import subjects
from records.access.models import BrokenGlass


@dataclass(frozen=True)
class GlassRow:
    """One emergency access with the patient in words."""

    glass: BrokenGlass
    patient: str
    minutes: int


def present(rows: list[BrokenGlass]) -> list[GlassRow]:
    """Return the rows with their patients' labels, in one query for all."""
    labels = subjects.labels(subjects.PATIENT, {row.chart_id for row in rows})
    return [GlassRow(row, labels[str(row.chart_id)], _minutes(row)) for row in rows]


def _minutes(row: BrokenGlass) -> int:
    end = row.closed_at or row.ends_at
    return max(1, round((end - row.started_at).total_seconds() / 60))
