"""Encounters as pages read them, through an opened scope."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from audit.enums import Basis
from records.access.selectors import rights
from records.access.services.opening import ChartScope
from records.encounters.enums import EncounterKind, EncounterStatus
from records.encounters.errors import EncounterUnknown
from records.encounters.models import Encounter, EncounterMove, EncounterStatusChange

PAGE = 50
# Names are looked up one by one: there is no order of joins to weigh, which cost more than they.
LINES = """
SELECT visit.id, visit.started_at, visit.kind, visit.status, visit.reason,
       coalesce((SELECT name FROM encounters_provider WHERE id = visit.attending_id),
                (SELECT name FROM access_custodyunit WHERE id = visit.unit_id))
  FROM encounters_encounter visit
 WHERE visit.patient_id = %(patient)s
   AND (%(units)s::bigint[] IS NULL OR visit.unit_id = ANY(%(units)s::bigint[])
        OR visit.unit_id = (SELECT unit_id FROM patients_patient WHERE chart_id = %(patient)s)
        OR visit.attending_id IN (SELECT id FROM encounters_provider WHERE user_id = %(user)s))
 ORDER BY visit.started_at DESC, visit.id DESC LIMIT %(many)s
"""


@dataclass(frozen=True)
class Page:
    """One page of a chart's encounters; `next_key` is empty on the last."""

    encounters: list[Encounter]
    next_key: str


@dataclass(frozen=True, slots=True)
class Line:
    """An encounter as the chart page lists it; `place` is who treats, or else the unit."""

    pk: int
    started_at: datetime
    kind: str
    status: str
    reason: str
    place: str

    @property
    def kind_label(self) -> str:
        """The kind in words."""
        return EncounterKind(self.kind).label


def list_lines(scope: ChartScope, many: int) -> list[Line]:
    """Return the newest of what `list_encounters` returns as lines, in one fixed statement."""
    values = {
        "patient": scope.patient_id,
        "user": scope.actor.pk,
        "units": _known_units(scope),
        "many": many,
    }
    with connection.cursor() as cursor:
        cursor.execute(LINES, values)
        return [Line(*row) for row in cursor.fetchall()]


def list_recent(scope: ChartScope, many: int) -> list[Encounter]:
    """Return the newest encounters of an opened chart, in one query."""
    return list(list_encounters(scope)[:many])


def list_standing(scope: ChartScope, many: int) -> list[Encounter]:
    """Return the newest encounters that are not cancelled, in one query."""
    standing = list_encounters(scope).exclude(status=EncounterStatus.CANCELLED)
    return list(standing[:many])


def list_encounters(scope: ChartScope) -> QuerySet[Encounter]:
    """Return the encounters of an opened chart that the scope's person may know of, newest first.

    A stay in a unit hidden from the directory shows to those who may open that unit's charts or
    treated the patient there, and in an emergency: to be its patient is itself protected
    (42 CFR 2.13(c)). Where the whole chart is such a unit's, opening it says as much.
    """
    units = _known_units(scope)
    encounters = Encounter.objects.filter(patient_id=scope.patient_id)
    if units is not None:
        encounters = encounters.filter(
            Q(unit_id__in=units) | Q(unit_id=F("patient__unit_id")) | Q(attending__user=scope.actor)
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


def list_shown(scope: ChartScope, encounter_ids: Sequence[int]) -> list[Encounter]:
    """Return those of some encounters that are the opened chart's and show to its person."""
    return list(list_encounters(scope).filter(pk__in=encounter_ids))


def list_moves(encounter: Encounter) -> list[EncounterMove]:
    """Return the transfers of a stay in order."""
    moves = encounter.moves.select_related("moved_by", "to_attending")
    return list(moves.order_by("moved_at", "pk"))


def list_steps(encounter: Encounter) -> list[EncounterStatusChange]:
    """Return the history of an encounter in order."""
    return list(encounter.status_changes.select_related("changed_by").order_by("changed_at", "pk"))


def map_labels(encounter_ids: Sequence[int]) -> dict[int, tuple[str, datetime]]:
    """Return (kind, start) of each encounter, in one query; for the access log."""
    rows = Encounter.objects.filter(pk__in=encounter_ids).only("kind", "started_at")
    return {row.pk: (row.get_kind_display(), row.started_at) for row in rows}


def _known_units(scope: ChartScope) -> list[int] | None:
    """Return the units whose stays show to the scope's person; None where all show."""
    if scope.basis in (Basis.BROKEN_GLASS, Basis.SYSTEM):
        return None
    return rights.get_unit_rights(scope.actor).directory_units


def _read_key(text: str) -> tuple[datetime, int] | None:
    moment, _, key = text.partition("_")
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        return None
    is_place = timezone.is_aware(at) and key.isdecimal() and len(key) < 19
    return (at, int(key)) if is_place else None
