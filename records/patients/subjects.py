"""How the access log names patients and finds them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.urls import reverse

from audit import subjects
from records.patients.rules import mrn, names
from records.patients.selectors import patients


def label(ids: Sequence[str]) -> Mapping[str, str]:
    """Return FAMILY, Given and the record number of each patient."""
    found = patients.map_names([int(text) for text in ids if text.isdecimal()])
    return {
        str(key): f"{names.display_name(name)} · {mrn.display(number)}"
        for key, (name, number) in found.items()
    }


def url(patient_id: str) -> str:
    """Return the patient's chart."""
    return reverse("charts:chart_detail", args=[patient_id])


def find(text: str) -> Sequence[str]:
    """Return whose record number was typed: in force, former, or of another facility."""
    number = mrn.normalise(text)
    return [str(key) for key in patients.list_by_mrn(number)] if number else []


def register() -> None:
    """Tell the access log about patients."""
    subjects.register(subjects.PATIENT, label, url, find)
