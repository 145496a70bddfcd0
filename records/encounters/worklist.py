"""What of this room waits on the home page: the patients in a practitioner's care."""

from __future__ import annotations

from django.urls import reverse

from accounts.models import User
from records.access import worklists
from records.access.permissions import OPEN_CHART
from records.access.worklists import WorkItem, WorkSource
from records.encounters.models import Encounter
from records.encounters.selectors import care
from records.patients.rules import names
from records.patients.rules.names import PersonName

MOST_COUNTED = 100


def _count(user: User) -> int:
    return care.count_in_care(user, MOST_COUNTED)


def _oldest(user: User, many: int) -> list[WorkItem]:
    return [_item(encounter) for encounter in care.list_in_care(user, many)]


def _item(encounter: Encounter) -> WorkItem:
    patient = encounter.patient
    where = encounter.location or encounter.unit.name
    return WorkItem(
        why=f"You are the attending · {encounter.get_kind_display()} · {where}",
        what=f"See the chart of {names.display_name(PersonName(patient.family, patient.given))}",
        url=reverse("charts:chart_detail", kwargs={"patient_id": patient.pk}),
        since=encounter.started_at,
        patient_id=patient.pk,
    )


def register() -> None:
    """Show practitioners whom they treat just now."""
    worklists.register(
        WorkSource("In your care", OPEN_CHART, "patients:patient_search", _count, _oldest)
    )
