"""The line on paper that says whose record it is."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from records.patients.models import Patient
from records.patients.rules import birth, mrn, names
from records.patients.rules.names import PersonName


def patient_line(patient: Patient) -> dict[str, str]:
    """Return name, number, birth date with age, and sex, as pages of `printing` take them."""
    return line_of(
        name=PersonName(patient.family, patient.given, patient.middle, patient.suffix),
        number=patient.mrn,
        birth_on=patient.birth_on,
        birth_precision=patient.birth_precision,
        sex=patient.get_sex_display(),
    )


def line_of(
    *, name: PersonName, number: str, birth_on: date | None, birth_precision: str, sex: str
) -> dict[str, str]:
    """Return the line of somebody of whom these facts alone are left."""
    born = birth.birth_text(birth_on, birth_precision)
    age = birth.age_text(birth_on, timezone.localdate(), birth_precision)
    return {
        "name": names.display_name(name),
        "number": mrn.display(number),
        "born": f"{born} ({age})" if age else born,
        "sex": sex,
    }
