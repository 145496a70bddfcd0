"""The master patient index: people registered, changed, kept findable."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, replace
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from audit.enums import Action, Basis
from audit.services import events
from audit.writes import attributed
from records.access import system_work
from records.access.selectors import rights, units
from records.access.services import charts, opening
from records.patients.enums import NameStatus
from records.patients.errors import (
    CandidatesNotJudged,
    FactsRefused,
    PatientChangedMeanwhile,
)
from records.patients.models import Patient
from records.patients.rules import birth, keys
from records.patients.selectors import candidates
from records.patients.services import naming, numbers, reach
from records.patients.services.facts import PERSON_FIELDS, PersonFacts, ReachFacts

BIRTH_MESSAGES = {
    birth.BirthFinding.MISSING: "Enter the birth date, or say that it is unknown.",
    birth.BirthFinding.NOT_WANTED: "Leave the birth date empty when it is unknown.",
    birth.BirthFinding.IN_FUTURE: "The birth date lies in the future.",
    birth.BirthFinding.TOO_LONG_AGO: "Nobody alive was born that long ago.",
    birth.BirthFinding.AFTER_DEATH: "The birth date lies after the date of death.",
}


@attributed
def register(
    *,
    actor: User,
    unit_id: int,
    facts: PersonFacts,
    reach_facts: ReachFacts | None = None,
    ssn: str = "",
    override_reason: str = "",
    judged: Collection[int] = (),
    number: str = "",
    are_candidates_judged: bool = False,
    submission_key: UUID | None = None,
) -> Patient:
    """Open a chart for a new person, after a search for people like them (MPI-2).

    Somebody who was shown people like this one gives their keys as `judged`, and a reason why
    this is another; people whom they were not shown are shown first. `number` is a record number
    taken over from elsewhere; without it the next one is given. Imports, which decide on identity
    by number, pass `are_candidates_judged`. The same `submission_key` registers once: a form sent
    twice gives the patient of the first time.

    Raises:
        FactsRefused: something entered cannot be true, or the unit is not the actor's.
        CandidatesNotJudged: people like this one exist that nobody has judged.
        NumberTaken: the number taken over belongs to somebody.
    """
    already = _registered_before(actor, submission_key)
    if already:
        return already
    reach_facts = reach_facts or ReachFacts()
    check_facts(facts)
    if unit_id not in rights.get_unit_rights(actor).open_units:
        raise FactsRefused("unit", "You cannot open charts of this unit, so you cannot add one.")
    if not are_candidates_judged:
        _check_candidates(facts, reach_facts, ssn, override_reason, judged)
    try:
        with transaction.atomic():
            patient = _create(
                actor, unit_id, naming.complete(facts), number, override_reason, submission_key
            )
    except IntegrityError:
        # The same form was sent twice at once; the other request's row stands by now.
        faster = _registered_before(actor, submission_key)
        if faster is None:
            raise
        return faster
    _complete(actor, patient, reach_facts, ssn)
    return patient


@attributed
def change(
    *,
    actor: User,
    patient_id: int,
    version: int,
    facts: PersonFacts,
    reach_facts: ReachFacts,
    ssn: str = "",
    is_ssn_withdrawn: bool = False,
) -> Patient:
    """Change who a patient is; an earlier legal name is kept as a former one.

    `version` is that of the patient when the form was opened. A social security number stays
    unless another is given or it is withdrawn.

    Raises:
        FactsRefused: something entered cannot be true.
        PatientChangedMeanwhile: somebody else saved in between.
        ChartRefused, ChartUnknown: the actor has no ground for this chart.
    """
    check_facts(facts)
    scope = opening.peek_scope(actor=actor, patient_id=patient_id)
    patient = Patient.objects.select_for_update(no_key=True).get(pk=patient_id)
    if patient.version != version:
        raise PatientChangedMeanwhile(patient_id=patient_id, action=Action.PATIENT_CHANGED)
    facts = naming.complete(facts)
    former = naming.former_name(patient, facts)
    if former:
        former = replace(former, valid_until=timezone.localdate())
        reach_facts = replace(reach_facts, names=(*reach_facts.names, former))
    changed = [name for name in PERSON_FIELDS if getattr(patient, name) != getattr(facts, name)]
    _apply(patient, facts)
    changed += reach.replace(actor=actor, patient=patient, facts=reach_facts)
    if _change_ssn(actor, patient, ssn, is_ssn_withdrawn):
        changed.append("ssn")
    if changed:
        patient.version += 1
        patient.save()
        events.record(
            action=Action.PATIENT_CHANGED,
            actor=actor,
            patient_id=patient_id,
            basis=scope.basis,
            detail={"fields": changed},
        )
    return patient


def check_facts(facts: PersonFacts) -> None:
    """Refuse what cannot be true of a person.

    Raises:
        FactsRefused: names the field and the reason.
    """
    today = timezone.localdate()
    is_named = facts.name_status != NameStatus.UNIDENTIFIED or facts.family
    if is_named and not keys.name_columns(facts.name).family_key:
        raise FactsRefused("family", "Enter a family name with at least one letter.")
    if facts.died_on and facts.died_on > today:
        raise FactsRefused("died_on", "The date of death lies in the future.")
    found = birth.findings(
        facts.birth_on, facts.birth_precision, today=today, died_on=facts.died_on
    )
    for finding in found:
        if finding.is_error:
            raise FactsRefused("birth_on", BIRTH_MESSAGES[finding])


def _registered_before(actor: User, submission_key: UUID | None) -> Patient | None:
    if submission_key is None:
        return None
    return Patient.objects.filter(submission_key=submission_key, registered_by=actor).first()


def _check_candidates(
    facts: PersonFacts,
    reach_facts: ReachFacts,
    ssn: str,
    override_reason: str,
    judged: Collection[int],
) -> None:
    found = candidates.list_candidates(facts, reach_facts, ssn)
    if found and (not override_reason or not found.keys() <= set(judged)):
        raise CandidatesNotJudged(found, action=Action.PATIENT_REGISTERED)


def _create(
    actor: User,
    unit_id: int,
    facts: PersonFacts,
    number: str,
    override_reason: str,
    submission_key: UUID | None,
) -> Patient:
    """Insert chart, patient and record number.

    Raises:
        NumberTaken: the number belongs to somebody.
        IntegrityError: another request with the same submission key was faster.
    """
    chart = charts.create(actor=actor, unit_id=unit_id)
    patient = Patient(
        chart=chart,
        unit_id=unit_id,
        mrn=number or numbers.next_mrn(),
        registered_by=actor,
        override_reason=override_reason,
        submission_key=submission_key,
    )
    _apply(patient, facts)
    patient.save(force_insert=True)
    facility = units.get_facility_of(unit_id)
    numbers.give_mrn(actor=actor, patient=patient, facility_id=facility.pk, number=patient.mrn)
    return patient


def _complete(actor: User, patient: Patient, reach_facts: ReachFacts, ssn: str) -> None:
    """Add what a new patient has beside name and number, and write the event."""
    if ssn:
        numbers.set_ssn(actor=actor, patient=patient, text=ssn)
    reach.replace(actor=actor, patient=patient, facts=reach_facts)
    events.record(
        action=Action.PATIENT_REGISTERED,
        actor=actor,
        patient_id=patient.pk,
        basis=Basis.UNIT if system_work.unit_of(actor) is None else Basis.SYSTEM,
        detail={"override": bool(patient.override_reason)},
    )


def _change_ssn(actor: User, patient: Patient, ssn: str, is_withdrawn: bool) -> bool:
    if ssn:
        return numbers.set_ssn(actor=actor, patient=patient, text=ssn) is not None
    return is_withdrawn and numbers.withdraw_ssn(actor=actor, patient=patient)


def _apply(patient: Patient, facts: PersonFacts) -> None:
    columns: dict[str, Any] = {name: getattr(facts, name) for name in PERSON_FIELDS}
    columns |= asdict(keys.name_columns(facts.name))
    columns["has_no_given_name"] = not facts.given
    columns["block_sound_year"] = keys.block_sound_year(columns["family_key"], facts.birth_on)
    columns["block_initial_birth"] = keys.block_initial_birth(columns["given_key"], facts.birth_on)
    for name, value in columns.items():
        setattr(patient, name, value)
