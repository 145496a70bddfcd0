"""Encounters as pages read them, through an opened scope."""

from __future__ import annotations

from django.db.models import QuerySet

from records.access.services.opening import ChartScope
from records.encounters.models import Encounter, EncounterMove, EncounterStatusChange


def list_recent(scope: ChartScope, many: int) -> list[Encounter]:
    """Return the newest encounters of an opened chart, in one query."""
    return list(list_encounters(scope)[:many])


def list_encounters(scope: ChartScope) -> QuerySet[Encounter]:
    """Return the encounters of an opened chart, newest first."""
    return (
        Encounter.objects.filter(patient_id=scope.patient_id)
        .select_related("attending", "unit")
        .order_by("-started_at", "-pk")
    )


def get_encounter(scope: ChartScope, encounter_id: int) -> Encounter:
    """Return one encounter of an opened chart.

    Raises:
        Encounter.DoesNotExist: it is not of this chart.
    """
    return list_encounters(scope).get(pk=encounter_id)


def get_patient_id(encounter_id: int) -> int | None:
    """Return whose encounter it is; the only thing that is asked before the chart is opened."""
    found = Encounter.objects.filter(pk=encounter_id).values_list("patient_id", flat=True)
    return found.first()


def list_moves(encounter: Encounter) -> list[EncounterMove]:
    """Return the transfers of a stay in order."""
    return list(encounter.moves.select_related("moved_by").order_by("moved_at", "pk"))


def list_steps(encounter: Encounter) -> list[EncounterStatusChange]:
    """Return the history of an encounter in order."""
    return list(encounter.status_changes.select_related("changed_by").order_by("changed_at", "pk"))
