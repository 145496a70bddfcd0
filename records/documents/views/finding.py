"""Finding the patient in whose chart something belongs: directory lines, and their event."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest
from django.utils import timezone

from accounts.http import person
from audit.enums import Action, Basis
from audit.services import events
from records.patients.http import text_of
from records.patients.rules.search_terms import is_secret
from records.patients.selectors.search import Found, search


def find_patients(request: HttpRequest) -> tuple[str, Found | None]:
    """Return what was typed and whom it can mean, after the event that says who was shown."""
    text = text_of(request)
    if not text:
        return "", None
    found = search(person(request), text, today=timezone.localdate())
    events.record(
        action=Action.PATIENTS_SEARCHED,
        basis=Basis.DIRECTORY,
        patients=[line.patient_id for line in found.lines],
        detail={
            "kinds": found.kinds,
            "terms": [events.digest("search", word) for word in text.casefold().split()[:8]],
            "found": len(found.lines),
        },
        durable=True,
    )
    return ("" if is_secret(text) else text), found


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
