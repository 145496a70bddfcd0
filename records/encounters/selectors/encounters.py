"""Encounters as pages read them, through an opened scope."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from audit.enums import Basis
from records.access.selectors import rights
from records.access.services.opening import ChartScope
from records.encounters.errors import EncounterUnknown
from records.encounters.models import Encounter, EncounterMove, EncounterStatusChange

PAGE = 50


@dataclass(frozen=True)
class Page:
    """One page of a chart's encounters; `next_key` is empty on the last."""

    encounters: list[Encounter]
    next_key: str


def list_recent(scope: ChartScope, many: int) -> list[Encounter]:
    """Return the newest encounters of an opened chart, in one query."""
    return list(list_encounters(scope)[:many])


def list_encounters(scope: ChartScope) -> QuerySet[Encounter]:
    """Return the encounters of an opened chart that the scope's person may know of, newest first.

    A stay in a unit hidden from the directory shows to those who may open that unit's charts or
    treated the patient there, and in an emergency: to be its patient is itself protected
    (42 CFR 2.13(c)). Where the whole chart is such a unit's, opening it says as much.
    """
    held = rights.get_unit_rights(scope.actor)
    encounters = Encounter.objects.filter(patient_id=scope.patient_id)
    if scope.basis not in (Basis.BROKEN_GLASS, Basis.SYSTEM):
        encounters = encounters.filter(
            Q(unit__is_listed=True)
            | Q(unit_id__in=held.open_units)
            | Q(unit_id=F("patient__unit_id"))
            | Q(attending__user=scope.actor)
        )
    return encounters.select_related("attending", "unit").order_by("-started_at", "-pk")


def get_page(scope: ChartScope, *, after: str = "") -> Page:
    """Return one page of the encounters, in one query, wherever in the chart it is."""
    encounters = list_encounters(scope)
    place = _read_key(after)
    if place:
        at, key = place
        encounters = encounters.filter(Q(started_at__lt=at) | Q(started_at=at, pk__lt=key))
    rows = list(encounters[: PAGE + 1])
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return Page(rows[:PAGE], f"{last.started_at.isoformat()}_{last.pk}" if last else "")


def get_encounter(scope: ChartScope, encounter_id: int) -> Encounter:
    """Return one encounter of an opened chart.

    Raises:
        EncounterUnknown: it is not of this chart, or the person may not know of it.
    """
    found = list_encounters(scope).filter(pk=encounter_id).first()
    if found is None:
        raise EncounterUnknown(
            patient_id=scope.patient_id, subject_type="encounter", subject_id=encounter_id
        )
    return found


def get_patient_id(encounter_id: int) -> int | None:
    """Return whose encounter it is; the only thing that is asked before the chart is opened."""
    found = Encounter.objects.filter(pk=encounter_id).values_list("patient_id", flat=True)
    return found.first()


def list_moves(encounter: Encounter) -> list[EncounterMove]:
    """Return the transfers of a stay in order."""
    moves = encounter.moves.select_related("moved_by", "to_attending")
    return list(moves.order_by("moved_at", "pk"))


def list_steps(encounter: Encounter) -> list[EncounterStatusChange]:
    """Return the history of an encounter in order."""
    return list(encounter.status_changes.select_related("changed_by").order_by("changed_at", "pk"))


def map_labels(encounter_ids: Sequence[int]) -> dict[int, tuple[str, datetime, str]]:
    """Return (kind, start, account number) of each encounter, in one query; for the access log."""
    rows = Encounter.objects.filter(pk__in=encounter_ids).only(
        "kind", "started_at", "account_number"
    )
    return {row.pk: (row.get_kind_display(), row.started_at, row.account_number) for row in rows}


def _read_key(text: str) -> tuple[datetime, int] | None:
    moment, _, key = text.partition("_")
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        return None
    is_place = timezone.is_aware(at) and key.isdecimal() and len(key) < 19
    return (at, int(key)) if is_place else None
