"""The start of stays and visits: inserted once, whatever is sent twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import User
from records.access.selectors import rights
from records.access.services import charts, opening
from records.access.services.opening import ChartScope
from records.encounters.enums import Disposition, EncounterKind, EncounterStatus
from records.encounters.errors import AccountTaken, StayOpen, UnitRefused
from records.encounters.models import Encounter, Provider
from records.encounters.rules import dates, transitions
from records.encounters.services import rows
from records.patients.selectors import patients as patient_selectors
from records.patients.services import life


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
    # Another system's record may follow a death (its certification); entered here it is a slip.
    is_taken_over: bool = False


def start(
    actor: User,
    patient_id: int,
    facts: EncounterFacts,
    status: EncounterStatus,
    submission_key: UUID | None,
    ended_at: datetime | None = None,
    disposition: Disposition | str = "",
) -> Encounter:
    """Insert an encounter in its first status; another unit than the chart's keeps it too."""
    scope = opening.peek_scope(actor=actor, patient_id=patient_id)
    already = _begun_before(scope, submission_key)
    if already:
        return already
    patient = patient_selectors.get_patient(scope)
    died_on = None if facts.is_taken_over else patient.died_on
    check_start(facts, status, born_on=patient.birth_on, died_on=died_on)
    if facts.unit_id not in {patient.unit_id, *rights.get_unit_rights(actor).open_units}:
        raise UnitRefused(patient_id=patient_id, subject_type="unit", subject_id=facts.unit_id)
    new = Encounter(
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
        submission_key=submission_key,
        created_by=actor,
    )
    encounter = _insert(scope, new)
    if encounter is new:
        rows.begin(actor, scope, encounter, transitions.STARTS[status])
        if disposition == Disposition.EXPIRED and ended_at and patient.died_on is None:
            day = timezone.localdate(ended_at)
            life.note_death(actor=actor, patient_id=patient_id, on=day)
        if facts.unit_id != patient.unit_id:
            charts.add_unit(actor=actor, chart_id=patient_id, unit_id=facts.unit_id)
    return encounter


def _insert(scope: ChartScope, new: Encounter) -> Encounter:
    """Store a new encounter, or return the one that the same form made a moment ago."""
    try:
        with transaction.atomic():
            new.save(force_insert=True)
    except IntegrityError as error:
        faster = _begun_before(scope, new.submission_key)
        if faster:
            return faster
        if "account_is_unique" in str(error):
            raise AccountTaken(patient_id=scope.patient_id) from error
        if rows.ONE_OPEN_STAY in str(error):
            raise StayOpen(patient_id=scope.patient_id) from error
        raise
    return new


def _begun_before(scope: ChartScope, submission_key: UUID | None) -> Encounter | None:
    if submission_key is None:
        return None
    return Encounter.objects.filter(
        submission_key=submission_key, patient_id=scope.patient_id, created_by=scope.actor
    ).first()


def check_start(
    facts: EncounterFacts, status: EncounterStatus, *, born_on: date | None, died_on: date | None
) -> None:
    """Refuse a start that cannot be for a patient of these dates.

    Raises:
        DatesRefused: it lies before birth, after death, or in the future.
    """
    dates.check_start(
        facts.started_at,
        started_on=timezone.localdate(facts.started_at),
        now=timezone.now(),
        born_on=born_on,
        died_on=died_on,
        is_planned=status == EncounterStatus.PLANNED,
    )


def _next_account() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('encounters_account_number')")
        return f"A{cursor.fetchone()[0]:09d}"
