"""The first page of a chart: who the patient is, how to reach them, when they were here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.utils import timezone

from printing.words import day
from records.access.services.opening import ChartScope
from records.encounters.enums import EncounterStatus
from records.encounters.models import Encounter
from records.encounters.selectors import encounters
from records.patients.enums import AddressKind, IdentifierKind, NameKind, PhoneKind
from records.patients.models import Patient
from records.patients.rules import birth, mrn, names, ssn
from records.patients.rules.names import PersonName
from records.patients.selectors import patients

ENCOUNTERS_SHOWN = 10
# A chart's words for its parts say less than a sheet of paper needs.
NAMES = {
    NameKind.LEGAL: "Legal name",
    NameKind.FORMER: "Former name",
    NameKind.MAIDEN: "Maiden name",
    NameKind.PREFERRED: "Preferred name",
}
ADDRESSES = {
    AddressKind.HOME: "Home address",
    AddressKind.MAILING: "Mailing address",
    AddressKind.TEMPORARY: "Temporary address",
    AddressKind.WORK: "Work address",
    AddressKind.CONFIDENTIAL: "Confidential address",
}
PHONES = {
    PhoneKind.HOME: "Home phone",
    PhoneKind.MOBILE: "Mobile phone",
    PhoneKind.WORK: "Work phone",
    PhoneKind.CONFIDENTIAL: "Confidential phone",
    PhoneKind.OTHER: "Other phone",
}
NUMBERS = {IdentifierKind.OTHER: "Other number"}
Facts = list[tuple[str, str]]


@dataclass(frozen=True)
class Stay:
    """A stay or visit on the sheet; one that is planned has not begun."""

    account: str
    kind: str
    begins: str
    ends: str
    place: str
    attending: str


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
    encounters: list[Stay]


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
        encounters=[_stay(one) for one in encounters.list_standing(scope, ENCOUNTERS_SHOWN)],
    )


def _stay(encounter: Encounter) -> Stay:
    """Say of a stay that goes on where the patient lies; of one that is planned, for when it is."""
    begins, is_on = day(encounter.started_at), encounter.status == EncounterStatus.IN_PROGRESS
    if encounter.status == EncounterStatus.PLANNED:
        begins = f"Planned for {begins}"
    return Stay(
        account=encounter.account_number,
        kind=encounter.get_kind_display(),
        begins=begins,
        ends="Current" if is_on else day(encounter.ended_at),
        place=_joined(encounter.unit.name, encounter.location if is_on else ""),
        attending=encounter.attending.name if encounter.attending else "",
    )


def _identity(patient: Patient) -> Facts:
    facts = [("Unit", patient.unit.name)]
    facts += [
        (
            _word(NAMES, NameKind(other.kind)),
            names.display_name(PersonName(other.family, other.given, other.middle, other.suffix)),
        )
        for other in patient.names.all()
    ]
    facts += _numbers(patient)
    facts += [
        ("Died", f"{patient.died_on:%b %-d, %Y}" if patient.died_on else ""),
        ("Language", patient.language),
        ("Race", patient.race),
        ("Ethnicity", patient.ethnicity),
        ("Mother's maiden name", patient.mother_maiden_name),
    ]
    return [fact for fact in facts if fact[1]]


def _numbers(patient: Patient) -> Facts:
    """Return the patient's other numbers, each once: one of no kind says less than its like."""
    current = [number for number in patient.identifiers.all() if number.is_current]
    named = {number.value_key for number in current if number.kind != IdentifierKind.OTHER}
    facts = []
    for number in current:
        is_known = number.kind == IdentifierKind.OTHER and number.value_key in named
        if number.value_key != patient.mrn and not is_known:
            shown = ssn.masked(number.last_four) if number.last_four else number.value
            facts.append((_word(NUMBERS, IdentifierKind(number.kind)), shown))
    return facts


def _reach(patient: Patient) -> Facts:
    facts = [
        (
            _word(ADDRESSES, AddressKind(address.kind)),
            _joined(
                address.line1,
                address.line2,
                address.city,
                f"{address.state} {address.postal_code}".strip(),
            ),
        )
        for address in patient.addresses.all()
    ]
    facts += [
        (_word(PHONES, PhoneKind(phone.kind)), phone.number) for phone in patient.phones.all()
    ]
    if patient.email:
        facts.append(("E-mail", patient.email))
    return facts


def _word(words: Mapping[Any, str], kind: TextChoices) -> str:
    return words.get(kind) or str(kind.label)


def _joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)
