"""How the access log names patients and finds them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.urls import reverse

from audit import subjects
from records.access import directory
from records.patients.rules import mrn, names
from records.patients.selectors import lines, patients


def label(ids: Sequence[str]) -> Mapping[str, str]:
    """Return FAMILY, Given and the record number of each patient."""
    found = patients.map_names([int(text) for text in ids if text.isdecimal() and len(text) < 19])
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


def line(patient_id: int) -> lines.DirectoryLine | None:
    """Return the directory line of a patient, for pages that have decided who may see it."""
    return next(iter(lines.get_lines([patient_id])), None)


def register() -> None:
    """Tell the access log about patients, and access who a patient is."""
    subjects.register(subjects.PATIENT, label, url, find)
    directory.register(line)
