"""Encounters brought to a state by the real steps."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from records.encounters.enums import Disposition, EncounterKind, EncounterStatus
from records.encounters.models import Encounter, EncounterStatusChange
from records.encounters.services import encounters
from records.encounters.services.encounters import EncounterFacts
from records.patients.models import Patient


def ago(**span: float) -> datetime:
    """A moment of the past, to the minute."""
    return timezone.now().replace(second=0, microsecond=0) - timedelta(**span)


def facts(unit: Any, **changes: Any) -> EncounterFacts:
    known = EncounterFacts(EncounterKind.INPATIENT, ago(days=2), unit.pk, reason="Chest pain")
    return replace(known, **changes)


def begin(
    actor: Any, patient: Any, unit: Any, *, status: str = "IN_PROGRESS", **changes: Any
) -> Encounter:
    key = changes.pop("submission_key", None)
    return encounters.begin(
        actor=actor,
        patient_id=patient.pk,
        facts=facts(unit, **changes),
        status=EncounterStatus(status),
        submission_key=key,
    )


def visit(actor: Any, patient: Any, unit: Any, **changes: Any) -> Encounter:
    rest = {
        name: changes.pop(name) for name in ("disposition", "submission_key") if name in changes
    }
    ended_at = changes.pop("ended_at", ago(days=1))
    return encounters.record_visit(
        actor=actor,
        patient_id=patient.pk,
        facts=facts(unit, **changes),
        ended_at=ended_at,
        **rest,
    )


def again(encounter: Encounter) -> Encounter:
    return Encounter.objects.get(pk=encounter.pk)


def discharge(actor: Any, encounter: Encounter, **changes: Any) -> Encounter:
    values: dict[str, Any] = {
        "version": again(encounter).version,
        "at": ago(hours=1),
        "disposition": Disposition.HOME,
    }
    return encounters.discharge(actor=actor, encounter_id=encounter.pk, **values | changes)


def transfer(actor: Any, encounter: Encounter, **changes: Any) -> Encounter:
    values: dict[str, Any] = {
        "version": again(encounter).version,
        "at": ago(hours=3),
        "to_location": "4 West, bed 2",
    }
    return encounters.transfer(actor=actor, encounter_id=encounter.pk, **values | changes)


def step(service: Any, actor: Any, encounter: Encounter, **changes: Any) -> Encounter:
    """One of the steps that take a reason, or the arrival."""
    values: dict[str, Any] = {"version": again(encounter).version}
    if service is encounters.arrive:
        values["at"] = ago(hours=2)
    else:
        values["reason"] = "Entered in error"
    return service(actor=actor, encounter_id=encounter.pk, **values | changes)


def at_status(actor: Any, patient: Any, unit: Any, status: str) -> Encounter:
    """An encounter that the real steps brought to a status."""
    if status == "PLANNED":
        return begin(actor, patient, unit, status="PLANNED")
    encounter = begin(actor, patient, unit)
    if status == "DISCHARGED":
        return discharge(actor, encounter)
    if status == "CANCELLED":
        return step(encounters.cancel, actor, encounter)
    return encounter


def steps_of(encounter: Encounter) -> list[tuple[str, str, str, int]]:
    """What an encounter's history tells: from, to, reason, by whom."""
    rows = EncounterStatusChange.objects.filter(encounter=encounter).order_by("pk")
    return [(row.from_status, row.to_status, row.reason, row.changed_by_id) for row in rows]


def died_on(patient: Any) -> Any:
    """The day of death that is stored of a patient."""
    return Patient.objects.get(pk=patient.pk).died_on


def seen_on(patient: Any) -> Any:
    """The day last seen that is stored of a patient."""
    return Patient.objects.get(pk=patient.pk).last_seen_on
