"""Encounters put right when their source says something else now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from audit.enums import Action
from audit.services import events
from audit.writes import attributed
from records.access.services import opening
from records.encounters.enums import Disposition, EncounterKind, EncounterStatus
from records.encounters.errors import EncounterChangedMeanwhile, StayOpen
from records.encounters.models import Encounter, EncounterMove, Provider
from records.encounters.rules import dates
from records.patients.selectors import patients as patient_selectors
from records.patients.services import patients


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
    _save(encounter, changed)
    events.record(
        action=Action.ENCOUNTER_CHANGED,
        actor=actor,
        patient_id=encounter.patient_id,
        basis=scope.basis,
        subject_type="encounter",
        subject_id=encounter.pk,
        detail={"fields": changed},
    )
    if encounter.status in (EncounterStatus.IN_PROGRESS, EncounterStatus.DISCHARGED):
        day = timezone.localdate(encounter.ended_at or encounter.started_at)
        patients.note_seen(actor=actor, patient_id=encounter.patient_id, on=day)
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
        died_on=patient.died_on,
        is_planned=encounter.status in (EncounterStatus.PLANNED, EncounterStatus.CANCELLED),
    )
    if end:
        moves = EncounterMove.objects.filter(encounter=encounter).order_by("-moved_at")
        last_move = moves.values_list("moved_at", flat=True).first()
        dates.check_end(start, end, now=timezone.now(), last_move=last_move)


def _save(encounter: Encounter, fields: list[str]) -> None:
    encounter.version += 1
    try:
        with transaction.atomic():
            encounter.save(update_fields=[*fields, "version"])
    except IntegrityError as error:
        raise StayOpen(patient_id=encounter.patient_id) from error
