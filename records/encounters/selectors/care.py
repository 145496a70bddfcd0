"""Whom a practitioner treats just now."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.models import User
from records.encounters.enums import EncounterStatus
from records.encounters.models import Encounter


def list_in_care(user: User, most: int) -> list[Encounter]:
    """Return the stays and visits under way that the person attends, the longest first."""
    rows = _in_care(user).select_related("patient", "unit").order_by("started_at", "pk")
    return list(rows[:most])


def count_in_care(user: User, most: int) -> int:
    """Return how many stays and visits under way the person attends, counted up to `most`."""
    return _in_care(user)[:most].count()


def _in_care(user: User) -> QuerySet[Encounter]:
    return Encounter.objects.filter(
        attending__user=user, attending__is_active=True, status=EncounterStatus.IN_PROGRESS
    )
