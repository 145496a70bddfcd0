"""How the access log names patients and finds them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from django.urls import reverse

from audit import owners, subjects
from records.access import directory
from records.patients.models import Patient
from records.patients.rules import mrn, names
from records.patients.selectors import lines, patients

# 45-50-99, MRN 45 50 99, or with the code of the facility that gave it: GH 45-50-99.
NUMBER = re.compile(
    r"(?:mrn\b[\s:#.]*)?(?:(?P<code>[A-Z][A-Z0-9_-]{0,11})[\s:/]+)?(?P<number>[0-9][0-9\s-]*)",
    re.IGNORECASE | re.ASCII,
)


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
    """Return whose record number was typed, in force or former, with or without its facility.

    Raises:
        Unclear: several facilities gave the number, or a digit is mistyped.
    """
    written = NUMBER.fullmatch(text.strip())
    number = mrn.normalise(written["number"]) if written else None
    if written is None or number is None:
        return []
    code = (written["code"] or "").upper()
    holders = [
        (patient_id, given_by)
        for patient_id, given_by in patients.list_holders(number)
        if code in ("", given_by.upper())
    ]
    found = list(dict.fromkeys(str(patient_id) for patient_id, _ in holders))
    if len(found) > 1:
        codes = sorted({given_by for _, given_by in holders})
        raise subjects.Unclear(
            f"{' and '.join(codes)} each gave this number. "
            f"Write the facility in front, as in {codes[0]} {mrn.display(number)}."
        )
    if not found and not mrn.is_valid(number):
        raise subjects.Unclear("No chart has this number; by its check digit, one digit is wrong.")
    return found


def line(patient_id: int) -> lines.DirectoryLine | None:
    """Return the directory line of a patient, for pages that have decided who may see it."""
    return next(iter(lines.get_lines([patient_id])), None)


def register() -> None:
    """Tell the access log about patients, and access who a patient is."""
    subjects.register(subjects.PATIENT, label, url, find)
    owners.register("patient_id", Patient, "pk")
    directory.register(line)
