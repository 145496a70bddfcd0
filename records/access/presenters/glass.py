"""Emergency access as the review pages show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from accounts.models import User
from audit import subjects
from printing.words import moment
from records.access.models import BrokenGlass, GlassNotice
from records.access.selectors import told as selectors
from records.access.selectors.told import Told

NAMES_SHOWN = 6


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
    return {
        "row": present([row])[0],
        "is_own": row.user_id == reader.pk,
        "notices": list(selectors.list_notices(row.pk)),
    }


def say_told(told: Told) -> str:
    """Say who is told of an emergency access, and what it means where nobody can be."""
    lack = f"No supervisor works with the charts of {told.unit_name}"
    if not told.people:
        return f"{lack} and nobody else reviews emergency access, so nobody can be told at once."
    if not told.supervisors:
        names = [user.display_name for user in told.compliance]
        return f"{lack}, so compliance alone is told at once: {_listed(names)}."
    supervisors = [f"{user.display_name} (supervisor)" for user in told.supervisors]
    compliance = [f"{user.display_name} (compliance)" for user in told.compliance]
    return f"Told at once: {_listed([*supervisors, *compliance])}."


def notice(row: GlassNotice) -> dict[str, Any]:
    """Return the line that the frame of every page shows to who was told; it names no patient."""
    glass = row.glass
    unit = glass.chart.unit.name
    text = f"{glass.user.display_name} opened a chart of {unit} in an emergency"
    return {"id": glass.pk, "text": f"{text}, {moment(glass.started_at)}."}


def _listed(names: list[str]) -> str:
    shown, more = names[:NAMES_SHOWN], len(names) - NAMES_SHOWN
    if more > 0:
        shown = [*shown, f"{more} more"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def _minutes(row: BrokenGlass) -> int:
    end = row.closed_at or row.ends_at
    return max(1, round((end - row.started_at).total_seconds() / 60))
