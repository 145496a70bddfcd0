"""What happens to a patient beside registration: seen, died, destroyed."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from accounts.models import User
from audit.writes import attributed
from records.access.services import charts
from records.patients.enums import PatientStatus
from records.patients.errors import FactsRefused
from records.patients.models import Patient


@attributed
def note_seen(*, actor: User, patient_id: int, on: date | None) -> None:
    """Store the latest day the person was seen; lists show it and retention counts from it.

    It moves back too: an encounter opened in error and cancelled was no visit.
    """
    # NO KEY: two visits inserted at once hold the patient's key shared, and would wait in a ring.
    patient = Patient.objects.select_for_update(no_key=True).get(pk=patient_id)
    if patient.last_seen_on != on:
        patient.last_seen_on = on
        patient.save(update_fields=["last_seen_on"])


@attributed
def note_death(*, actor: User, patient_id: int, on: date) -> None:
    """Store the date of death that a discharge reported.

    Raises:
        FactsRefused: it lies before the birth.
    """
    patient = Patient.objects.select_for_update(no_key=True).get(pk=patient_id)
    if patient.birth_on and on < patient.birth_on:
        raise FactsRefused("died_on", "The date of death lies before the birth date.")
    _save_death(patient, on)


@attributed
def take_back_death(*, actor: User, patient_id: int, on: date) -> None:
    """Remove the date of death that a discharge taken back had reported.

    A date that somebody has changed since is left alone.
    """
    patient = Patient.objects.select_for_update(no_key=True).get(pk=patient_id)
    if patient.died_on == on:
        _save_death(patient, None)


@attributed
def mark_destroyed(*, actor: User, patient_id: int) -> Patient:
    """Close the chart of a patient reduced to the residual abstract: who it was, and since when."""
    patient = Patient.objects.select_for_update(no_key=True).get(pk=patient_id)
    patient.status = PatientStatus.DESTROYED
    patient.destroyed_on = patient.destroyed_on or timezone.localdate()
    patient.save(update_fields=["status", "destroyed_on"])
    charts.mark_destroyed(actor=actor, chart_id=patient_id)
    return patient


def _save_death(patient: Patient, on: date | None) -> None:
    patient.died_on = on
    patient.version += 1
    patient.save(update_fields=["died_on", "version"])
