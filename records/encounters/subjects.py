"""How the access log names encounters and practitioners."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.urls import reverse
from django.utils import timezone

from audit import owners, subjects
from records.encounters.models import Encounter
from records.encounters.selectors import encounters, providers

ENCOUNTER = "encounter"
PROVIDER = "provider"


def label_encounters(ids: Sequence[str]) -> Mapping[str, str]:
    """Return kind and day of each encounter.

    The log is read across all units; an account number belongs to the chart.
    """
    found = encounters.map_labels(_keys(ids))
    return {
        str(key): f"{kind}, {timezone.localtime(at):%b %-d, %Y}"
        for key, (kind, at) in found.items()
    }


def url_of_encounter(encounter_id: str) -> str:
    """Return the encounter's page."""
    return reverse("encounters:encounter_detail", args=[encounter_id])


def label_providers(ids: Sequence[str]) -> Mapping[str, str]:
    """Return the name of each practitioner."""
    found = providers.map_providers(_keys(ids))
    return {str(key): provider.name for key, provider in found.items()}


def _keys(ids: Sequence[str]) -> list[int]:
    return [int(text) for text in ids if text.isdecimal() and len(text) < 19]


def register() -> None:
    """Tell the access log about encounters and practitioners."""
    subjects.register(ENCOUNTER, label_encounters, url_of_encounter)
    subjects.register(PROVIDER, label_providers)
    owners.register("encounter_id", Encounter, "patient_id")
