"""Stays and visits: planned, admitted, transferred, discharged, cancelled."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from accounts.models import User
from audit.enums import Action
from audit.writes import attributed
from records.encounters.enums import Disposition, EncounterKind, EncounterStatus, is_visit
from records.encounters.models import Encounter, EncounterMove, Provider
from records.encounters.rules import dates, transitions
from records.encounters.services import rows, starting
from records.encounters.services.starting import EncounterFacts
from records.patients.selectors import patients as patient_selectors
from records.patients.services import life

__all__ = [
    "EncounterFacts",
    "arrive",
    "begin",
    "cancel",
    "discharge",
    "record_visit",
    "reopen",
    "transfer",
]

PLANNED_ONLY = (EncounterStatus.PLANNED,)
OPEN_STAY = (EncounterStatus.IN_PROGRESS,)
OVER = (EncounterStatus.DISCHARGED,)
OPEN_STATUSES = (EncounterStatus.PLANNED, EncounterStatus.IN_PROGRESS)


@attributed
def begin(
    *,
    actor: User,
    patient_id: int,
    facts: EncounterFacts,
    status: EncounterStatus,
    submission_key: UUID | None = None,
) -> Encounter:
    """Begin an encounter: PLANNED plans it, IN_PROGRESS admits.

    The same `submission_key` begins once: a form sent twice gives the encounter of the first time.

    Raises:
        DatesRefused: the start cannot be.
        UnitRefused: the unit is neither the actor's nor the chart's.
        StayOpen: the patient has an open stay.
        AccountTaken: another encounter has the account number.
        ChartRefused, ChartUnknown: the actor has no ground for this chart.
    """
    return starting.start(actor, patient_id, facts, status, submission_key)


@attributed
def record_visit(
    *,
    actor: User,
    patient_id: int,
    facts: EncounterFacts,
    ended_at: datetime,
    disposition: Disposition | str = "",
    submission_key: UUID | None = None,
) -> Encounter:
    """Record a visit or stay that is over, once for each `submission_key`.

    Raises:
        DatesRefused: start or end cannot be.
        UnitRefused: the unit is neither the actor's nor the chart's.
        AccountTaken: another encounter has the account number.
        ChartRefused, ChartUnknown: the actor has no ground for this chart.
    """
    dates.check_end(
        facts.started_at,
        ended_at,
        now=timezone.now(),
        last_move=None,
        is_visit=is_visit(facts.kind),
    )
    status = EncounterStatus.DISCHARGED
    return starting.start(actor, patient_id, facts, status, submission_key, ended_at, disposition)


@attributed
def arrive(*, actor: User, encounter_id: int, version: int, at: datetime) -> Encounter:
    """Let a planned visit begin, at the minute of `at`.

    Raises:
        EncounterMoveNotAllowed, EncounterChangedMeanwhile: its state is another now.
        DatesRefused: the time cannot be.
        StayOpen: the patient has an open stay.
    """
    target = EncounterStatus.IN_PROGRESS
    step = rows.open_move(actor, encounter_id, version, PLANNED_ONLY, {"status": target})
    encounter = step.encounter
    if step.is_done:
        return encounter
    move = transitions.find_move(encounter.status, target)
    at = dates.to_minute(at)
    facts = EncounterFacts(EncounterKind(encounter.kind), at, encounter.unit_id)
    patient = patient_selectors.get_patient(step.scope)
    starting.check_start(facts, target, born_on=patient.birth_on, died_on=patient.died_on)
    rows.take(step, actor, move, status=target, started_at=at)
    return encounter


@attributed
def transfer(
    *,
    actor: User,
    encounter_id: int,
    version: int,
    to_location: str,
    at: datetime,
    to_service: str = "",
    to_attending: Provider | None = None,
) -> Encounter:
    """Move a patient to another ward or bed, and to another service or attending if named.

    Raises:
        EncounterMoveNotAllowed, EncounterChangedMeanwhile: its state is another now.
        DatesRefused: the time cannot be.
    """
    done = {"location": to_location}
    step = rows.open_step(actor, encounter_id, version, done, rows.last_move_by)
    encounter = step.encounter
    if step.is_done:
        return encounter
    transitions.check_open(encounter.status)
    at = _fit(dates.check_move, encounter, at)
    EncounterMove.objects.create(
        encounter=encounter,
        from_location=encounter.location,
        to_location=to_location,
        from_service=encounter.service,
        to_service=to_service,
        from_attending_id=encounter.attending_id,
        to_attending=to_attending,
        moved_at=at,
        moved_by=actor,
    )
    encounter.location = to_location
    encounter.service = to_service or encounter.service
    encounter.attending = to_attending or encounter.attending
    rows.save(encounter, ["location", "service", "attending"])
    rows.record(actor, step.scope, encounter, Action.ENCOUNTER_TRANSFERRED)
    return encounter


@attributed
def discharge(
    *, actor: User, encounter_id: int, version: int, at: datetime, disposition: Disposition
) -> Encounter:
    """End a stay; a death becomes the patient's date of death.

    Raises:
        EncounterMoveNotAllowed, EncounterChangedMeanwhile: its state is another now.
        DatesRefused: the time cannot be.
    """
    target = EncounterStatus.DISCHARGED
    done = {"status": target, "ended_at": at, "disposition": disposition}
    step = rows.open_move(actor, encounter_id, version, OPEN_STAY, done)
    encounter = step.encounter
    if step.is_done:
        return encounter
    move = transitions.find_move(encounter.status, target)
    at = _fit(dates.check_end, encounter, at)
    rows.take(step, actor, move, status=target, ended_at=at, disposition=disposition)
    if disposition == Disposition.EXPIRED:
        life.note_death(actor=actor, patient_id=encounter.patient_id, on=timezone.localdate(at))
    return encounter


@attributed
def reopen(*, actor: User, encounter_id: int, version: int, reason: str) -> Encounter:
    """Take a discharge back, with a reason; a death that it reported is taken back with it.

    Raises:
        EncounterMoveNotAllowed, EncounterChangedMeanwhile: its state is another now.
        StayOpen: the patient has been admitted again since.
    """
    target = EncounterStatus.IN_PROGRESS
    step = rows.open_move(actor, encounter_id, version, OVER, {"status": target})
    encounter = step.encounter
    if step.is_done:
        return encounter
    move = transitions.find_move(encounter.status, target)
    died_at = encounter.ended_at if encounter.disposition == Disposition.EXPIRED else None
    rows.take(step, actor, move, reason, status=target, ended_at=None, disposition="")
    if died_at:
        life.take_back_death(
            actor=actor, patient_id=encounter.patient_id, on=timezone.localdate(died_at)
        )
    return encounter


@attributed
def cancel(*, actor: User, encounter_id: int, version: int, reason: str) -> Encounter:
    """Cancel an encounter that was planned or opened in error.

    Raises:
        EncounterMoveNotAllowed, EncounterChangedMeanwhile: its state is another now.
    """
    target = EncounterStatus.CANCELLED
    step = rows.open_move(actor, encounter_id, version, OPEN_STATUSES, {"status": target})
    encounter = step.encounter
    if step.is_done:
        return encounter
    move = transitions.find_move(encounter.status, target)
    rows.take(step, actor, move, reason, status=target)
    return encounter


def _fit(check: Callable[..., None], encounter: Encounter, at: datetime) -> datetime:
    """Return the time of a step, taken as not before what lies in the same minute.

    Raises:
        DatesRefused: by `check`, the time cannot be.
    """
    last = rows.last_move_at(encounter)
    at = dates.not_before(at, encounter.started_at, last)
    check(
        encounter.started_at,
        at,
        now=timezone.now(),
        last_move=last,
        is_visit=encounter.is_visit,
    )
    return at
