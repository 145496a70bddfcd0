"""Who a patient of a source is here: decided by exact numbers, never by a name alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from audit.errors import Refused
from records.access.services import opening
from records.interchange.enums import ItemKind, Reason
from records.interchange.models import ImportedItem
from records.interchange.rules import people as rules
from records.interchange.rules.people import Numbers
from records.interchange.selectors import items as selectors
from records.interchange.services.orders import Order, PartRejected
from records.interchange.values import PatientValue
from records.patients.models import Patient
from records.patients.selectors import exact
from records.patients.selectors import patients as patient_selectors
from records.patients.services import numbers
from records.patients.services.facts import PersonFacts, ReachFacts

OTHER_PERSON = (
    "This number already belongs to somebody of another name and birth date here. "
    "Nothing was imported; compare the two, and import from another sender with a feed of its own."
)


@dataclass(frozen=True)
class Incoming:
    """What a source says of a patient, in the terms of the index."""

    value: PatientValue
    person: PersonFacts
    reach: ReachFacts
    numbers: Numbers
    digests: dict[str, Any]


def find_item(order: Order, value: PatientValue) -> ImportedItem | None:
    """Return the patient as imported before: by key, or by alias where the key is only one."""
    by_key = selectors.get_items(order.feed, [value.source_key])
    if by_key:
        return by_key[selectors.key_of(value.source_key)]
    if value.source_key not in {f"Patient|{alias}" for alias in value.aliases}:
        return None
    found = selectors.find_by_aliases(order.feed, value.aliases, ItemKind.PATIENT)
    ids = {item.pk for item in found.values()}
    return next(iter(found.values())) if len(ids) == 1 else None


def open_patient(order: Order, patient_id: int) -> Patient:
    """Return the patient of a chart that the actor may open, with all that may change.

    Raises:
        ChartRefused, ChartUnknown, ChartDestroyed: the actor may not.
    """
    scope = opening.peek_scope(actor=order.actor, patient_id=patient_id)
    return patient_selectors.get_patient_whole(scope)


def check_same_person(patient: Patient, incoming: Incoming) -> None:
    """Refuse a number under which somebody else is known: neither name nor birth date agrees.

    Raises:
        PartRejected: so it is.
    """
    names = set(rules.name_keys(incoming.value))
    here = {patient.name_key, *(name.name_key for name in patient.names.all())}
    families = {name.partition(" ")[0] for name in names}
    is_name = bool(names & here) or patient.family_key in families
    is_birth = patient.birth_on is None or incoming.person.birth_on in (None, patient.birth_on)
    if not is_name and not is_birth:
        raise PartRejected(OTHER_PERSON, Reason.OTHER_PERSON)


def match(order: Order, incoming: Incoming) -> int | None:
    """Return the registered person who this is by exact numbers, if the actor may open the chart.

    Raises:
        PartRejected: the record number of this house belongs to somebody else.
    """
    found = match_number(order, incoming)
    if found is not None:
        check_same_person(found, incoming)
        return found.pk
    social, born_on = incoming.numbers.ssn, incoming.person.birth_on
    if not social or born_on is None:
        return None
    names = rules.name_keys(incoming.value)
    same = exact.list_by_ssn(social, birth_on=born_on, name_keys=names)
    only = find_openable(order, same[0]) if len(same) == 1 else None
    return only.pk if only else None


def match_number(order: Order, incoming: Incoming) -> Patient | None:
    number = incoming.numbers.own
    facility_id = order.unit.facility_id
    found = exact.find_by_number(number, facility_id=facility_id) if number else None
    return find_openable(order, found) if found is not None else None


def find_openable(order: Order, patient_id: int) -> Patient | None:
    """Return a patient if the actor may open the chart; otherwise it is as if not known."""
    try:
        return open_patient(order, patient_id)
    except Refused:
        return None


def new_number(order: Order, incoming: Incoming) -> str:
    """Return the record number of a new chart: the house's own that was sent, if it is free."""
    own = incoming.numbers.own
    if own and exact.find_by_number(own, facility_id=order.unit.facility_id) is None:
        return own
    return numbers.next_mrn()
