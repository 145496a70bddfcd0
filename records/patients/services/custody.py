"""The unit that keeps a patient's chart: kept while rows are added, followed when it changes."""

from __future__ import annotations

from django.db import connection

from records.patients.models import Patient

KEEP = "SELECT unit_id FROM patients_patient WHERE chart_id = %s FOR KEY SHARE"


def keep_unit(patient_id: int) -> int:
    """Return the unit that keeps the chart; it stays that until this transaction is over.

    A row that carries the unit is inserted after this, in the same transaction: a move of the
    chart waits for it and takes it along, or this waits for the move and reads the new unit.

    Raises:
        Patient.DoesNotExist: no such patient.
    """
    with connection.cursor() as cursor:
        cursor.execute(KEEP, [patient_id])
        row = cursor.fetchone()
    if row is None:
        raise Patient.DoesNotExist
    return int(row[0])


def lock(patient_id: int) -> None:
    """Wait for rows that are just being added under the patient, and let others wait."""
    Patient.objects.select_for_update().values_list("pk").get(pk=patient_id)


def follow(patient_id: int, unit_id: int) -> None:
    """Let the patient carry the unit that keeps the chart now; the history shows it."""
    patient = Patient.objects.get(pk=patient_id)
    patient.unit_id = unit_id
    patient.save(update_fields=["unit"])
