"""Stays and visits: planned, admitted, transferred, discharged, cancelled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import User
from audit.enums import Action
from audit.services import events
from audit.writes import attributed
from records.access.services import opening
from records.access.services.opening import ChartScope
from records.encounters.enums import Disposition, EncounterKind, EncounterStatus
from records.encounters.errors import AccountTaken, EncounterChangedMeanwhile, StayOpen
from records.encounters.models import (
    Encounter,
    EncounterMove,
    EncounterStatusChange,
    Provider,
)
from records.encounters.rules import dates, transitions
from records.encounters.rules.transitions import Move
from records.patients.selectors import patients as patient_selectors
from records.patients.services import patients


@dataclass(frozen=True)
class EncounterFacts:
    """What is known of a stay or visit when it begins."""

    kind: EncounterKind
    started_at: datetime
    unit_id: int
    attending: Provider | None = None
    service: str = ""
    location: str = ""
    reason: str = ""
    account_number: str = ""


@attributed
def begin(
    *, actor: User, patient_id: int, facts: EncounterFacts, status: EncounterStatus
) -> Encounter:
    """Begin an encounter: PLANNED plans it, IN_PROGRESS admits.

    Raises:
        DatesRefused: the start cannot be.
        StayOpen: the patient has an open stay.
        ChartRefused, ChartUnknown: the actor has no ground for this chart.
    """
    scope = opening.peek_scope(actor=actor, patient_id=patient_id)
    _check_start(scope, facts, status)
    encounter = _insert(actor, patient_id, facts, status)
    _note(actor, scope, encounter, transitions.STARTS[status], "", "")
    return encounter


@attributed
def record_visit(
    *,
    actor: User,
    patient_id: int,
    facts: EncounterFacts,
    ended_at: datetime,
    disposition: Disposition | str = "",
) -> Encounter:
    """Record a visit or stay that is over.

    Raises:
        DatesRefused: start or end cannot be.
        ChartRefused, ChartUnknown: the actor has no ground for this chart.
    """
    scope = opening.peek_scope(actor=actor, patient_id=patient_id)
    status = EncounterStatus.DISCHARGED
    _check_start(scope, facts, status)
    dates.check_end(facts.started_at, ended_at, now=timezone.now(), last_move=None)
    encounter = _insert(actor, patient_id, facts, status, ended_at, disposition)
    _note(actor, scope, encounter, transitions.STARTS[status], "", "")
    return encounter


@attributed
def arrive(*, actor: User, encounter_id: int, version: int, at: datetime) -> Encounter:
    """Let a planned visit begin.

    Raises:
        EncounterMoveNotAllowed, EncounterChangedMeanwhile: its state is another now.
        DatesRefused: the time cannot be.
    """
    encounter, scope = _lock(actor, encounter_id, version)
    move = transitions.find_move(encounter.status, EncounterStatus.IN_PROGRESS)
    facts = EncounterFacts(EncounterKind(encounter.kind), at, encounter.unit_id)
    _check_start(scope, facts, EncounterStatus.IN_PROGRESS)
    before, encounter.status, encounter.started_at = (
        encounter.status,
        EncounterStatus.IN_PROGRESS,
        at,
    )
    _save(encounter, ["status", "started_at"])
    _note(actor, scope, encounter, move, before, "")
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
) -> Encounter:
    """Move a patient to another ward or bed within a stay.

    Raises:
        EncounterMoveNotAllowed, EncounterChangedMeanwhile: its state is another now.
        DatesRefused: the time cannot be.
    """
    encounter, scope = _lock(actor, encounter_id, version)
    transitions.check_open(encounter.status)
    dates.check_move(encounter.started_at, at, now=timezone.now(), last_move=_last_move(encounter))
    EncounterMove.objects.create(
        encounter=encounter,
        from_location=encounter.location,
        to_location=to_location,
        from_service=encounter.service,
        to_service=to_service,
        moved_at=at,
        moved_by=actor,
    )
    encounter.location = to_location
    encounter.service = to_service or encounter.service
    _save(encounter, ["location", "service"])
    _record(actor, scope, encounter, Action.ENCOUNTER_TRANSFERRED)
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
    encounter, scope = _lock(actor, encounter_id, version)
    move = transitions.find_move(encounter.status, EncounterStatus.DISCHARGED)
    dates.check_end(encounter.started_at, at, now=timezone.now(), last_move=_last_move(encounter))
    before, encounter.status = encounter.status, EncounterStatus.DISCHARGED
    encounter.ended_at, encounter.disposition = at, disposition
    _save(encounter, ["status", "ended_at", "disposition"])
    _note(actor, scope, encounter, move, before, "")
    day = timezone.localdate(at)
    if disposition == Disposition.EXPIRED:
        patients.note_death(actor=actor, patient_id=encounter.patient_id, on=day)
    return encounter


@attributed
def reopen(*, actor: User, encounter_id: int, version: int, reason: str) -> Encounter:
    """Take a discharge back, with a reason.

    Raises:
        EncounterMoveNotAllowed, EncounterChangedMeanwhile: its state is another now.
        StayOpen: the patient has been admitted again since.
    """
    encounter, scope = _lock(actor, encounter_id, version)
    move = transitions.find_move(encounter.status, EncounterStatus.IN_PROGRESS)
    before, encounter.status = encounter.status, EncounterStatus.IN_PROGRESS
    encounter.ended_at, encounter.disposition = None, ""
    try:
        with transaction.atomic():
            _save(encounter, ["status", "ended_at", "disposition"])
    except IntegrityError as error:
        raise StayOpen(patient_id=encounter.patient_id) from error
    _note(actor, scope, encounter, move, before, reason)
    return encounter


@attributed
def cancel(*, actor: User, encounter_id: int, version: int, reason: str) -> Encounter:
    """Cancel an encounter that was planned or opened in error.

    Raises:
        EncounterMoveNotAllowed, EncounterChangedMeanwhile: its state is another now.
    """
    encounter, scope = _lock(actor, encounter_id, version)
    move = transitions.find_move(encounter.status, EncounterStatus.CANCELLED)
    before, encounter.status = encounter.status, EncounterStatus.CANCELLED
    _save(encounter, ["status"])
    _note(actor, scope, encounter, move, before, reason)
    return encounter


def _check_start(scope: ChartScope, facts: EncounterFacts, status: EncounterStatus) -> None:
    patient = patient_selectors.get_patient(scope)
    dates.check_start(
        facts.started_at,
        started_on=timezone.localdate(facts.started_at),
        now=timezone.now(),
        born_on=patient.birth_on,
        died_on=patient.died_on,
        is_planned=status == EncounterStatus.PLANNED,
    )


def _insert(
    actor: User,
    patient_id: int,
    facts: EncounterFacts,
    status: EncounterStatus,
    ended_at: datetime | None = None,
    disposition: Disposition | str = "",
) -> Encounter:
    try:
        with transaction.atomic():
            return Encounter.objects.create(
                patient_id=patient_id,
                unit_id=facts.unit_id,
                kind=facts.kind,
                status=status,
                account_number=facts.account_number or _next_account(),
                started_at=facts.started_at,
                ended_at=ended_at,
                disposition=disposition,
                attending=facts.attending,
                service=facts.service,
                location=facts.location,
                reason=facts.reason,
                created_by=actor,
            )
    except IntegrityError as error:
        if "account_is_unique" in str(error):
            raise AccountTaken(patient_id=patient_id) from error
        raise StayOpen(patient_id=patient_id) from error


def _next_account() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('encounters_account_number')")
        return f"A{cursor.fetchone()[0]:09d}"


def _lock(actor: User, encounter_id: int, version: int) -> tuple[Encounter, ChartScope]:
    encounter = Encounter.objects.select_for_update().get(pk=encounter_id)
    scope = opening.peek_scope(actor=actor, patient_id=encounter.patient_id)
    if encounter.version != version:
        raise EncounterChangedMeanwhile(
            patient_id=encounter.patient_id, subject_type="encounter", subject_id=encounter_id
        )
    return encounter, scope


def _save(encounter: Encounter, fields: list[str]) -> None:
    encounter.version += 1
    encounter.save(update_fields=[*fields, "version"])


def _last_move(encounter: Encounter) -> datetime | None:
    return (
        EncounterMove.objects.filter(encounter=encounter)
        .order_by("-moved_at")
        .values_list("moved_at", flat=True)
        .first()
    )


def _note(
    actor: User, scope: ChartScope, encounter: Encounter, move: Move, before: str, reason: str
) -> None:
    """Write the history row and the event of a step, and the day the patient was seen."""
    EncounterStatusChange.objects.create(
        encounter=encounter,
        from_status=before,
        to_status=encounter.status,
        reason=reason,
        changed_at=timezone.now(),
        changed_by=actor,
    )
    _record(actor, scope, encounter, move.action)
    if encounter.status in (EncounterStatus.IN_PROGRESS, EncounterStatus.DISCHARGED):
        day = timezone.localdate(encounter.ended_at or encounter.started_at)
        patients.note_seen(actor=actor, patient_id=encounter.patient_id, on=day)


def _record(actor: User, scope: ChartScope, encounter: Encounter, action: Action) -> None:
    events.record(
        action=action,
        actor=actor,
        patient_id=encounter.patient_id,
        basis=scope.basis,
        subject_type="encounter",
        subject_id=encounter.pk,
    )
