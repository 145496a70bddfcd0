"""The master patient index: people registered, changed, kept findable."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from django.utils import timezone

from accounts.models import User
from audit.enums import Action, Basis
from audit.services import events
from audit.writes import attributed
from records.access.selectors import units
from records.access.services import charts, opening
from records.patients.enums import NameKind, PatientStatus
from records.patients.errors import (
    CandidatesNotJudged,
    FactsRefused,
    PatientChangedMeanwhile,
)
from records.patients.models import Name, Patient
from records.patients.rules import birth, keys
from records.patients.selectors import candidates
from records.patients.services import numbers, reach
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
    number: str = "",
    are_candidates_judged: bool = False,
) -> Patient:
    """Open a chart for a new person, after a search for people like them (MPI-2).

    `number` is a record number taken over from elsewhere; without it the next one is given.
    Imports, which decide on identity by number, pass `are_candidates_judged`.

    Raises:
        FactsRefused: something entered cannot be true.
        CandidatesNotJudged: people like this one exist and no reason was given.
        NumberTaken: the number taken over belongs to somebody.
    """
    reach_facts = reach_facts or ReachFacts()
    check_facts(facts)
    if not are_candidates_judged and not override_reason:
        found = candidates.list_candidates(facts, reach_facts, ssn)
        if found:
            raise CandidatesNotJudged([line.patient_id for line in found])
    facility = units.get_facility_of(unit_id)
    patient = _create(actor, unit_id, facts, number or numbers.next_mrn(), override_reason)
    numbers.give_mrn(actor=actor, patient=patient, facility_id=facility.pk, number=patient.mrn)
    if ssn:
        numbers.set_ssn(actor=actor, patient=patient, text=ssn)
    reach.replace(actor=actor, patient=patient, facts=reach_facts)
    events.record(
        action=Action.PATIENT_REGISTERED,
        actor=actor,
        patient_id=patient.pk,
        basis=Basis.UNIT,
        detail={"override": bool(override_reason)},
    )
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
) -> Patient:
    """Change who a patient is; an earlier legal name is kept as a former one.

    `version` is that of the patient when the form was opened.

    Raises:
        FactsRefused: something entered cannot be true.
        PatientChangedMeanwhile: somebody else saved in between.
        ChartRefused, ChartUnknown: the actor has no ground for this chart.
    """
    check_facts(facts)
    scope = opening.peek_scope(actor=actor, patient_id=patient_id)
    patient = Patient.objects.select_for_update().get(pk=patient_id)
    if patient.version != version:
        raise PatientChangedMeanwhile(patient_id=patient_id, action=Action.PATIENT_CHANGED)
    changed = [name for name in PERSON_FIELDS if getattr(patient, name) != getattr(facts, name)]
    if {"family", "given"} & set(changed):
        _keep_former_name(patient)
    _apply(patient, facts)
    changed += reach.replace(actor=actor, patient=patient, facts=reach_facts)
    if ssn and numbers.set_ssn(actor=actor, patient=patient, text=ssn):
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


@attributed
def note_seen(*, actor: User, patient_id: int, on: date) -> None:
    """Remember the latest day the person was seen; lists show it and retention counts from it."""
    patient = Patient.objects.select_for_update().get(pk=patient_id)
    if patient.last_seen_on is None or patient.last_seen_on < on:
        patient.last_seen_on = on
        patient.save(update_fields=["last_seen_on"])


@attributed
def note_death(*, actor: User, patient_id: int, on: date) -> None:
    """Store the date of death that a discharge reported.

    Raises:
        FactsRefused: it lies before the birth.
    """
    patient = Patient.objects.select_for_update().get(pk=patient_id)
    if patient.birth_on and on < patient.birth_on:
        raise FactsRefused("died_on", "The date of death lies before the birth date.")
    patient.died_on = on
    patient.version += 1
    patient.save(update_fields=["died_on", "version"])


@attributed
def mark_destroyed(*, actor: User, patient_id: int) -> Patient:
    """Reduce a patient to the residual abstract: who it was, and that the chart is gone."""
    patient = Patient.objects.select_for_update().get(pk=patient_id)
    patient.status = PatientStatus.DESTROYED
    patient.save(update_fields=["status"])
    charts.mark_destroyed(actor=actor, chart_id=patient_id)
    return patient


def check_facts(facts: PersonFacts) -> None:
    """Refuse what cannot be true of a person.

    Raises:
        FactsRefused: names the field and the reason.
    """
    today = timezone.localdate()
    if not keys.name_columns(facts.name).family_key:
        raise FactsRefused("family", "Enter a family name with at least one letter.")
    if facts.died_on and facts.died_on > today:
        raise FactsRefused("died_on", "The date of death lies in the future.")
    found = birth.findings(
        facts.birth_on, facts.birth_precision, today=today, died_on=facts.died_on
    )
    for finding in found:
        if finding.is_error:
            raise FactsRefused("birth_on", BIRTH_MESSAGES[finding])


def _create(
    actor: User, unit_id: int, facts: PersonFacts, number: str, override_reason: str
) -> Patient:
    chart = charts.create(actor=actor, unit_id=unit_id)
    patient = Patient(
        chart=chart,
        unit_id=unit_id,
        mrn=number,
        registered_by=actor,
        override_reason=override_reason,
    )
    _apply(patient, facts)
    patient.save(force_insert=True)
    return patient


def _apply(patient: Patient, facts: PersonFacts) -> None:
    columns: dict[str, Any] = {name: getattr(facts, name) for name in PERSON_FIELDS}
    columns |= asdict(keys.name_columns(facts.name))
    columns["has_no_given_name"] = not facts.given
    columns["block_sound_year"] = keys.block_sound_year(columns["family_key"], facts.birth_on)
    columns["block_initial_birth"] = keys.block_initial_birth(columns["given_key"], facts.birth_on)
    for name, value in columns.items():
        setattr(patient, name, value)


def _keep_former_name(patient: Patient) -> None:
    known = Name.objects.filter(
        patient=patient, kind=NameKind.FORMER, name_key=patient.name_key
    ).exists()
    if not known:
        Name.objects.create(
            patient=patient,
            kind=NameKind.FORMER,
            family=patient.family,
            given=patient.given,
            middle=patient.middle,
            suffix=patient.suffix,
            family_key=patient.family_key,
            given_key=patient.given_key,
            name_key=patient.name_key,
            sound_key=patient.sound_key,
            valid_until=timezone.localdate(),
        )
