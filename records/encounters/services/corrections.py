"""Encounters put right when their source says something else now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.models import User
from audit.enums import Action
from audit.writes import attributed
from records.access.services import opening
from records.encounters.enums import Disposition, EncounterKind, EncounterStatus, is_visit
from records.encounters.errors import EncounterChangedMeanwhile
from records.encounters.models import Encounter, Provider
from records.encounters.rules import dates
from records.encounters.services import rows
from records.patients.selectors import patients as patient_selectors


@dataclass(frozen=True)
class Correction:
    """What an encounter is to say; the status is changed by the steps, not here."""

    kind: EncounterKind
    started_at: datetime
    ended_at: datetime | None = None  # of a discharged one; otherwise ignored
    disposition: Disposition | str = ""
    attending: Provider | None = None
    location: str = ""
    reason: str = ""


@attributed
def correct(*, actor: User, encounter_id: int, version: int, facts: Correction) -> Encounter:
    """Bring an encounter in line with `facts`; the event names the fields that changed.

    Raises:
        EncounterChangedMeanwhile: somebody saved it in between.
        DatesRefused: start or end cannot be.
        StayOpen: as another kind it would be a second open stay.
        ChartRefused, ChartUnknown: the actor has no ground for this chart.
    """
    encounter = Encounter.objects.select_for_update().get(pk=encounter_id)
    scope = opening.peek_scope(actor=actor, patient_id=encounter.patient_id)
    if encounter.version != version:
        raise EncounterChangedMeanwhile(
            patient_id=encounter.patient_id, subject_type="encounter", subject_id=encounter_id
        )
    wanted = _wanted(encounter, facts)
    changed = [name for name, value in wanted.items() if getattr(encounter, name) != value]
    if not changed:
        return encounter
    _check_dates(scope, encounter, wanted)
    for name in changed:
        setattr(encounter, name, wanted[name])
    rows.save(encounter, changed)
    rows.record(actor, scope, encounter, Action.ENCOUNTER_CHANGED, {"fields": changed})
    rows.note_seen(actor, encounter.patient_id)
    return encounter


def _wanted(encounter: Encounter, facts: Correction) -> dict[str, Any]:
    is_over = encounter.status == EncounterStatus.DISCHARGED
    return {
        "kind": facts.kind,
        "started_at": facts.started_at,
        "ended_at": (facts.ended_at or encounter.ended_at) if is_over else None,
        "disposition": facts.disposition if is_over else "",
        "attending": facts.attending,
        "location": facts.location,
        "reason": facts.reason,
    }


def _check_dates(scope: opening.ChartScope, encounter: Encounter, wanted: dict[str, Any]) -> None:
    patient = patient_selectors.get_patient(scope)
    start, end = wanted["started_at"], wanted["ended_at"]
    dates.check_start(
        start,
        started_on=timezone.localdate(start),
        now=timezone.now(),
        born_on=patient.birth_on,
        died_on=None,  # what another system recorded may follow a death: its certification
        is_planned=encounter.status in (EncounterStatus.PLANNED, EncounterStatus.CANCELLED),
    )
    if end:
        last = rows.last_move_at(encounter)
        dates.check_end(
            start,
            end,
            now=timezone.now(),
            last_move=last,
            is_visit=is_visit(wanted["kind"]),
        )
