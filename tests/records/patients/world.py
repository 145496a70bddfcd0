"""People of the tests and how they are entered."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from records.patients.enums import AddressKind, ContactKind, NameKind, PhoneKind, Sex
from records.patients.models import Patient
from records.patients.rules.names import PersonName
from records.patients.services import patients, reach
from records.patients.services.facts import (
    AddressFact,
    ContactFact,
    OtherName,
    PersonFacts,
    PhoneFact,
    ReachFacts,
)

SSN = "219-44-6789"
SSN_DIGITS = "219446789"
FACTS = PersonFacts(
    family="Muñoz",
    given="Rosa",
    middle="Elena",
    sex=Sex.FEMALE,
    birth_on=date(1961, 3, 14),
    language="Spanish",
    email="rosa@example.org",
)
REACH = ReachFacts(
    names=(OtherName(NameKind.MAIDEN, PersonName("Delacroix", "Rosa")),),
    phones=(PhoneFact(PhoneKind.MOBILE, "(717) 555-0123"),),
    addresses=(
        AddressFact(
            AddressKind.HOME,
            "12 Elm Street",
            city="Harrisburg",
            state="PA",
            postal_code="17101",
            country="USA",
            valid_from=date(2019, 5, 1),
        ),
    ),
    contacts=(
        ContactFact(
            ContactKind.NEXT_OF_KIN, "Luis Muñoz", "brother", "717 555 0199", "9 Oak Lane, York"
        ),
    ),
)


def facts(**changes: Any) -> PersonFacts:
    return replace(FACTS, **changes)


def register(actor: Any, unit: Any, *, reach: ReachFacts | None = None, **more: Any) -> Patient:
    """Somebody registered by the service without looking for people like them."""
    known = ("ssn", "override_reason", "judged", "number", "submission_key")
    rest = {name: more.pop(name) for name in known if name in more}
    return patients.register(
        actor=actor,
        unit_id=unit.pk,
        facts=facts(**more),
        reach_facts=reach,
        are_candidates_judged=True,
        **rest,
    )


def add_reach(actor: Any, patient: Patient) -> None:
    reach.replace(actor=actor, patient=patient, facts=REACH)


def again(patient: Patient) -> Patient:
    return Patient.objects.get(pk=patient.pk)


def change(actor: Any, patient: Patient, *, reach: ReachFacts = REACH, **changes: Any) -> Patient:
    """The patient after a change by the service, everything else as it was entered."""
    rest = {name: changes.pop(name) for name in ("ssn", "is_ssn_withdrawn") if name in changes}
    version = changes.pop("version", again(patient).version)
    return patients.change(
        actor=actor,
        patient_id=patient.pk,
        version=version,
        facts=facts(**changes),
        reach_facts=reach,
        **rest,
    )


def form_data(**changes: Any) -> dict[str, Any]:
    """What a browser sends for Rosa Muñoz, with one empty row in each group."""
    data = {
        "family": "Muñoz",
        "given": "Rosa",
        "middle": "Elena",
        "suffix": "",
        "birth_on": "3/14/1961",
        "birth_precision": "DAY",
        "sex": "FEMALE",
        "name_status": "LEGAL",
        "ssn": "",
        "email": "rosa@example.org",
        "language": "Spanish",
        **rows("names"),
        **rows("phones"),
        **rows("addresses"),
        **rows("contacts"),
    }
    return data | changes


def rows(prefix: str, *filled: dict[str, str]) -> dict[str, str]:
    """What a browser sends for a group of rows: the filled ones and an empty one."""
    kinds = {"names": "ALIAS", "phones": "HOME", "addresses": "HOME", "contacts": "NEXT_OF_KIN"}
    data = {f"{prefix}-TOTAL_FORMS": str(len(filled) + 1), f"{prefix}-INITIAL_FORMS": "0"}
    for position, row in enumerate([*filled, {}]):
        row = {"kind": kinds[prefix]} | row
        data |= {f"{prefix}-{position}-{name}": value for name, value in row.items()}
    return data


def reach_rows() -> dict[str, str]:
    """What a browser sends for everything in `REACH`, as the edit form shows it."""
    return {
        **rows("names", {"kind": "MAIDEN", "family": "Delacroix", "given": "Rosa"}),
        **rows("phones", {"kind": "MOBILE", "number": "(717) 555-0123"}),
        **rows(
            "addresses",
            {
                "line1": "12 Elm Street",
                "city": "Harrisburg",
                "state": "PA",
                "postal_code": "17101",
                "country": "USA",
                "valid_from": "05/01/2019",
            },
        ),
        **rows(
            "contacts",
            {
                "name": "Luis Muñoz",
                "relationship": "brother",
                "phone": "717 555 0199",
                "address": "9 Oak Lane, York",
            },
        ),
    }
