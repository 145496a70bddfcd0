"""The first page of a chart: who the patient is, how to reach them, when they were here."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from records.access.services.opening import ChartScope
from records.encounters.models import Encounter
from records.encounters.selectors import encounters
from records.patients.models import Patient
from records.patients.rules import birth, mrn, names, ssn
from records.patients.rules.names import PersonName
from records.patients.selectors import patients

ENCOUNTERS_SHOWN = 10
Facts = list[tuple[str, str]]


@dataclass(frozen=True)
class FaceSheet:
    """What the page shows, ready as text."""

    name: str
    number: str
    born: str
    sex: str
    facility: str
    identity: Facts
    reach: Facts
    people: Facts
    encounters: list[Encounter]


def get_face_sheet(scope: ChartScope) -> FaceSheet:
    """Return the face sheet of an opened chart, in eight queries."""
    patient = patients.get_patient_whole(scope)
    name = PersonName(patient.family, patient.given, patient.middle, patient.suffix)
    today = timezone.localdate()
    age = birth.age_text(patient.birth_on, today, patient.birth_precision)
    return FaceSheet(
        name=names.display_name(name),
        number=mrn.display(patient.mrn),
        born=f"{birth.birth_text(patient.birth_on, patient.birth_precision)} ({age})",
        sex=patient.get_sex_display(),
        facility=patient.unit.facility.name,
        identity=_identity(patient),
        reach=_reach(patient),
        people=[
            (
                contact.get_kind_display(),
                _joined(contact.name, contact.relationship, contact.phone, contact.address),
            )
            for contact in patient.contacts.all()
        ],
        encounters=encounters.list_recent(scope, ENCOUNTERS_SHOWN),
    )


def _identity(patient: Patient) -> Facts:
    facts = [("Unit", patient.unit.name)]
    facts += [
        (
            other.get_kind_display(),
            names.display_name(PersonName(other.family, other.given, other.middle, other.suffix)),
        )
        for other in patient.names.all()
    ]
    for number in patient.identifiers.all():
        shown = ssn.masked(number.last_four) if number.last_four else number.value
        is_own = number.value_key == patient.mrn
        if number.is_current and not is_own:
            facts.append((number.get_kind_display(), shown))
    facts += [
        ("Died", f"{patient.died_on:%b %-d, %Y}" if patient.died_on else ""),
        ("Language", patient.language),
        ("Race", patient.race),
        ("Ethnicity", patient.ethnicity),
        ("Mother's maiden name", patient.mother_maiden_name),
    ]
    return [fact for fact in facts if fact[1]]


def _reach(patient: Patient) -> Facts:
    facts = [
        (
            address.get_kind_display(),
            _joined(
                address.line1,
                address.line2,
                address.city,
                f"{address.state} {address.postal_code}".strip(),
            ),
        )
        for address in patient.addresses.all()
    ]
    facts += [(phone.get_kind_display(), phone.number) for phone in patient.phones.all()]
    if patient.email:
        facts.append(("E-mail", patient.email))
    return facts


def _joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)
