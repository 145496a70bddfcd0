"""The line on paper that says whose record it is."""

from __future__ import annotations

from django.utils import timezone

from records.patients.models import Patient
from records.patients.rules import birth, mrn, names
from records.patients.rules.names import PersonName


def patient_line(patient: Patient) -> dict[str, str]:
    """Return name, number, birth date with age, and sex, as pages of `printing` take them."""
    name = PersonName(patient.family, patient.given, patient.middle, patient.suffix)
    born = birth.birth_text(patient.birth_on, patient.birth_precision)
    age = birth.age_text(patient.birth_on, timezone.localdate(), patient.birth_precision)
    return {
        "name": names.display_name(name),
        "number": mrn.display(patient.mrn),
        "born": f"{born} ({age})" if age else born,
        "sex": patient.get_sex_display(),
    }
