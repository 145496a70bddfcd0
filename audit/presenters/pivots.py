"""Values of the pages of who saw whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from audit.enums import Action, Basis
from audit.presenters.words import roles, words
from audit.selectors.pivots import SeenPatient, Viewer


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
            actions=words(Action, viewer.actions),
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
            actions=words(Action, patient.actions),
            bases=words(Basis, patient.bases),
        )
        for patient in seen
    ]
