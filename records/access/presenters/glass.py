"""Emergency access as the review pages show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.models import User
from audit import subjects
from audit.enums import Action, Outcome
from audit.selectors.events import EventRow
from printing.words import moment
from records.access.models import BrokenGlass, GlassNotice
from records.access.rules import wording
from records.access.selectors import glass
from records.access.selectors import told as selectors
from records.access.selectors.told import Told

NAMES_SHOWN = 6
MOST_READ = 500
MOST_SHOWN = 30
# They stand on the page in words already.
TOLD_ELSEWHERE = (Action.GLASS_BROKEN, Action.GLASS_CLOSED)


@dataclass(frozen=True)
class GlassRow:
    """One emergency access with the patient in words."""

    glass: BrokenGlass
    patient: str
    minutes: int
    is_open: bool


@dataclass(frozen=True)
class Deed:
    """What the person did with one thing, once or several times."""

    at: datetime
    action: str
    subject: str
    is_refused: bool
    times: int


def present(rows: list[BrokenGlass]) -> list[GlassRow]:
    """Return the rows with their patients' labels, in one query for all."""
    labels = subjects.labels(subjects.PATIENT, {row.chart_id for row in rows})
    now = timezone.now()
    return [
        GlassRow(row, labels[str(row.chart_id)], _minutes(row), row.is_open_at(now)) for row in rows
    ]


def present_review(row: BrokenGlass, reader: User) -> dict[str, Any]:
    """Return what the page of one emergency access shows to `reader`."""
    done = glass.list_done(row, most=MOST_READ + 1)
    deeds = present_deeds(done[:MOST_READ])
    return {
        "row": present([row])[0],
        "deeds": deeds[:MOST_SHOWN],
        "is_cut": len(done) > MOST_READ or len(deeds) > MOST_SHOWN,
        "is_own": row.user_id == reader.pk,
        "notices": list(selectors.list_notices(row.pk)),
    }


def present_deeds(done: Sequence[EventRow]) -> list[Deed]:
    """Return acts in words, those alike as one line at the time of the first.

    One call of each room whose subjects are named.
    """
    alike: dict[tuple[str, str, str, bool], list[EventRow]] = {}
    for event in done:
        if event.action not in TOLD_ELSEWHERE:
            is_refused = event.outcome != Outcome.SUCCESS
            key = (event.action, event.subject_type, event.subject_id, is_refused)
            alike.setdefault(key, []).append(event)
    named = _name({(kind, pk) for _, kind, pk, _ in alike})
    return [
        Deed(
            at=rows[0].occurred_at,
            action=_word(action),
            subject=named.get((kind, pk)) or ("the chart" if rows[0].patient_id else "a list"),
            is_refused=is_refused,
            times=len(rows),
        )
        for (action, kind, pk, is_refused), rows in alike.items()
    ]


def say_told(told: Told) -> str:
    """Say who is told of an emergency access, and what it means where nobody can be."""
    lack = f"No supervisor works with the charts of {told.unit_name}"
    if not told.people:
        return f"{lack} and nobody else reviews emergency access, so nobody can be told at once."
    if not told.supervisors:
        names = [user.display_name for user in told.compliance]
        return f"{lack}, so compliance alone is told at once: {_named(names)}."
    supervisors = [f"{user.display_name} (supervisor)" for user in told.supervisors]
    compliance = [f"{user.display_name} (compliance)" for user in told.compliance]
    return f"Told at once: {_named([*supervisors, *compliance])}."


def notice(row: GlassNotice) -> dict[str, Any]:
    """Return the line that the frame of every page shows to who was told; it names no patient."""
    glass = row.glass
    unit = glass.chart.unit.name
    text = f"{glass.user.display_name} opened a chart of {unit} in an emergency"
    return {"id": glass.pk, "text": f"{text}, {moment(glass.started_at)}."}


def _name(about: set[tuple[str, str]]) -> dict[tuple[str, str], str]:
    wanted: dict[str, set[str]] = {}
    for kind, pk in about:
        if kind and pk:
            wanted.setdefault(kind, set()).add(pk)
    return {
        (kind, pk): label
        for kind, ids in sorted(wanted.items())
        for pk, label in subjects.labels(kind, ids).items()
    }


def _word(action: str) -> str:
    return str(Action(action).label) if action in Action.values else action


def _named(names: list[str]) -> str:
    return wording.listed(names, "and", most=NAMES_SHOWN)


def _minutes(row: BrokenGlass) -> int:
    end = row.closed_at or row.ends_at
    return max(1, round((end - row.started_at).total_seconds() / 60))
