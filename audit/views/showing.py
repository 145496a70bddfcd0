"""What every page of the log says of its filters, and how it is put on record that it was shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from audit.enums import Action, Basis, Purpose
from audit.presenters import filters, words
from audit.selectors.events import Criteria
from audit.services import events, exports

PAGE_SIZE = 50


def say(criteria: Criteria) -> dict[str, Any]:
    """Return what the page of an export names of the log, and how that is put on record."""
    patients = words.label_patients([criteria.patient_id])
    return {
        "said": filters.describe_days(criteria, patients),
        "show": lambda: record_view(criteria, patients),
    }


def record_view(criteria: Criteria, patients: Iterable[str]) -> None:
    """Write that the log was looked at, and which patients the page names."""
    detail: dict[str, Any] = dict(exports.filters_of(criteria))
    events.record(
        action=Action.LOG_VIEWED,
        patient_id=criteria.patient_id,
        basis=Basis.ROLE,
        purpose=Purpose.OVERSIGHT,
        detail=detail,
        patients=[int(patient) for patient in patients],
        durable=True,
    )
