"""Which of the patients found is the one in whose chart something belongs."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest

from records.patients.selectors.search import Found


def only_match(found: Found | None) -> int | None:
    """Return the patient who is the only one found and whose chart opens."""
    if found is None or len(found.lines) != 1 or found.is_cut:
        return None
    line = found.lines[0]
    return line.patient_id if line.can_open else None


def without(found: Found | None, patient_id: int) -> Found | None:
    """Return what was found but for one patient, whose chart cannot be meant."""
    if found is None:
        return None
    return replace(found, lines=[line for line in found.lines if line.patient_id != patient_id])


def patient_asked(request: HttpRequest) -> int | None:
    """Return the patient that the address names, if it names one."""
    text = request.GET.get("patient", "")
    return int(text) if text.isdecimal() and len(text) < 19 else None
