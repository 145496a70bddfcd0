"""Values of the pages of who saw whom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from audit.enums import Action, Basis
from audit.presenters.words import roles, word, words
from audit.selectors.pivots import SeenPatient, Viewer

MOST_DONE = 3
COUNTED = ("Events", "Not done", "First (UTC)", "Last (UTC)", "What", "Basis")
VIEWER_COLUMNS = ("Person", "Person id", "Role", "Patient", "Patient id", *COUNTED)
PATIENT_COLUMNS = ("Patient", "Patient id", "Person", "Person id", *COUNTED)


@dataclass(frozen=True, slots=True)
class PivotLine:
    """A person who saw a patient, or a patient whom a person saw."""

    label: str
    url: str
    role: str
    count: int
    refused_count: int
    first_at: datetime
    last_at: datetime
    actions: str
    more: list[str]
    bases: str


def viewer_lines(viewers: Sequence[Viewer]) -> list[PivotLine]:
    """Return everybody who saw a patient; names are those at the time of the last event."""
    return [
        PivotLine(
            label=viewer.actor_name,
            url=reverse("audit:person_patients", args=[viewer.actor_id]) if viewer.actor_id else "",
            role=roles(viewer.role),
            count=viewer.count,
            refused_count=viewer.refused_count,
            first_at=viewer.first_at,
            last_at=viewer.last_at,
            actions=", ".join(_by_count(viewer.actions)[:MOST_DONE]),
            more=_by_count(viewer.actions)[MOST_DONE:],
            bases=words(Basis, viewer.bases),
        )
        for viewer in viewers
    ]


def patient_lines(seen: Sequence[SeenPatient], patients: dict[str, str]) -> list[PivotLine]:
    """Return the patients whom a person saw."""
    return [
        PivotLine(
            label=patients[str(patient.patient_id)],
            url=reverse("audit:patient_viewers", args=[patient.patient_id]),
            role="",
            count=patient.count,
            refused_count=patient.refused_count,
            first_at=patient.first_at,
            last_at=patient.last_at,
            actions=", ".join(_by_count(patient.actions)[:MOST_DONE]),
            more=_by_count(patient.actions)[MOST_DONE:],
            bases=words(Basis, patient.bases),
        )
        for patient in seen
    ]


def viewer_rows(
    viewers: Sequence[Viewer], patient: str, patient_id: int
) -> Iterator[tuple[str | int | None, ...]]:
    """Yield everybody who saw a patient as rows of an export, in the order of `VIEWER_COLUMNS`."""
    for viewer in viewers:
        who = (viewer.actor_name, viewer.actor_id, roles(viewer.role))
        yield (*who, patient, patient_id, *_counted(viewer))


def patient_rows(
    seen: Sequence[SeenPatient], patients: dict[str, str], person: str, person_id: int
) -> Iterator[tuple[str | int | None, ...]]:
    """Yield patients whom a person saw as rows of an export, in the order of `PATIENT_COLUMNS`."""
    for one in seen:
        whom = (patients[str(one.patient_id)], one.patient_id)
        yield (*whom, person, person_id, *_counted(one))


def _counted(line: Viewer | SeenPatient) -> tuple[str | int, ...]:
    return (
        line.count,
        line.refused_count,
        line.first_at.isoformat(timespec="milliseconds"),
        line.last_at.isoformat(timespec="milliseconds"),
        ", ".join(_by_count(line.actions)),
        words(Basis, line.bases),
    )


def _by_count(actions: dict[str, int]) -> list[str]:
    """Return what was done in words with how often, most frequent first: `Page viewed (12)`."""
    named = [(count, word(Action, action)) for action, count in actions.items()]
    named.sort(key=lambda pair: (-pair[0], pair[1]))
    return [f"{name} ({count:,})" for count, name in named]
