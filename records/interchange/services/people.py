"""Patients of a source: known by exact numbers, registered, or changed with their history kept."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import partial

from django.utils import timezone

from accounts import crypto
from records.interchange.enums import ItemKind, Reason
from records.interchange.errors import InterchangeError
from records.interchange.models import ImportedItem
from records.interchange.rules import merging
from records.interchange.rules import people as rules
from records.interchange.rules.visits import clipped
from records.interchange.selectors import items as selectors
from records.interchange.services import items, matching
from records.interchange.services.orders import Order, PartRejected
from records.interchange.values import PatientBundleValue, PatientValue
from records.patients.enums import NameKind, PhoneKind
from records.patients.models import Patient
from records.patients.rules.names import PersonName
from records.patients.services import numbers, patients
from records.patients.services.facts import (
    PERSON_FIELDS,
    AddressFact,
    ContactFact,
    OtherName,
    PersonFacts,
    PhoneFact,
    ReachFacts,
)

digest = partial(crypto.keyed_hash, kind="import")


def names_of(facts: type) -> list[str]:
    return [field.name for field in fields(facts)]


@dataclass(frozen=True)
class Plan:
    """Whose chart a part goes into: a known one, or a new one under `number`."""

    source_key: str
    incoming: matching.Incoming | None
    item: ImportedItem | None
    patient_id: int | None
    number: str
    is_changed: bool

    @property
    def is_new(self) -> bool:
        """Tell whether a chart will be opened."""
        return self.patient_id is None


def incoming_of(order: Order, value: PatientValue) -> matching.Incoming:
    """Return what a source says of a patient.

    Raises:
        PartRejected: they cannot be filed under any name.
    """
    try:
        person = rules.person_facts(value, timezone.get_current_timezone())
    except InterchangeError as error:
        raise PartRejected(error.message, error.reason) from error
    reach = rules.reach_facts(value)
    return matching.Incoming(
        value=value,
        person=person,
        reach=reach,
        numbers=rules.numbers_of(value, order.own_system),
        digests=merging.digests(person, reach, digest),
    )


def plan(order: Order, group: PatientBundleValue) -> Plan | None:
    """Return whose chart a part goes into; None where its patient has not been imported yet.

    Identity is decided by exact numbers alone: the key of the source, a record number of this
    house, or social security number with birth date and name. Whoever is like somebody only by
    name is registered as new; the duplicate desk compares them later.

    Raises:
        PartRejected: the number belongs to somebody else here, or there is no name.
        ChartRefused, ChartUnknown, ChartDestroyed: the actor may not add to the known chart.
    """
    if group.patient is None:
        return plan_by_reference(order, group.reference.text)
    incoming = incoming_of(order, group.patient)
    item = matching.find_item(order, group.patient)
    if item is not None:
        patient = matching.open_patient(order, item.patient_id or 0)
        matching.check_same_person(patient, incoming)
        return known(incoming, item, patient.pk)
    patient_id = matching.match(order, incoming)
    if patient_id is not None:
        return known(incoming, None, patient_id)
    return Plan(
        group.patient.source_key, incoming, None, None, matching.new_number(order, incoming), True
    )


def plan_by_reference(order: Order, text: str) -> Plan | None:
    found = selectors.find_by_aliases(order.feed, [text], ItemKind.PATIENT).get(text)
    if found is None:
        return None
    patient = matching.open_patient(order, found.patient_id or 0)
    return Plan(found.source_key, None, found, patient.pk, patient.mrn, False)


def not_here(text: str) -> PartRejected:
    """Return the rejection of what belongs to a patient who was not imported."""
    return PartRejected(
        f"Its patient ({clipped(text, 120)}) is in no file that was imported.",
        Reason.PATIENT_ELSEWHERE,
    )


def known(incoming: matching.Incoming, item: ImportedItem | None, patient_id: int) -> Plan:
    value = incoming.value
    is_changed = item is None or (
        item.source_hash != value.source_hash or not set(value.aliases) <= set(item.aliases)
    )
    key = item.source_key if item else value.source_key
    return Plan(key, incoming, item, patient_id, "", is_changed)


def write(order: Order, plan: Plan) -> tuple[int, bool]:
    """Register or change the patient; return the key and whether anything was written.

    Called inside the transaction of the part.

    Raises:
        FactsRefused: what the source says cannot be true of a person.
        PatientChangedMeanwhile, IntegrityError: somebody was faster.
    """
    if plan.incoming is None or not plan.is_changed:
        return plan.patient_id or 0, False
    incoming = plan.incoming
    patient_id = plan.patient_id
    if patient_id is None:
        patient = register(order, plan, incoming)
        patient_id = patient.pk
    else:
        change(order, plan, incoming, patient_id)
        patient = Patient.objects.get(pk=patient_id)
    for kind, value in incoming.numbers.others:
        numbers.add_other(actor=order.actor, patient=patient, kind=kind, value=value)
    is_news = plan.item is None or plan.item.source_hash != incoming.value.source_hash
    remember(order, plan, incoming, patient_id)
    return patient_id, is_news


def register(order: Order, plan: Plan, incoming: matching.Incoming) -> Patient:
    return patients.register(
        actor=order.actor,
        unit_id=order.unit.pk,
        facts=incoming.person,
        reach_facts=incoming.reach,
        ssn=incoming.numbers.ssn,
        number=plan.number,
        are_candidates_judged=True,
    )


def change(order: Order, plan: Plan, incoming: matching.Incoming, patient_id: int) -> None:
    """Put what the source changed into the chart; what people entered here stays."""
    patient = matching.open_patient(order, patient_id)
    before = plan.item.digests if plan.item else {}
    person = merging.merged_person(facts_of(patient), incoming.person, before, digest)
    reach = merging.merged_reach(reach_of(patient), incoming.reach, before, digest)
    patients.change(
        actor=order.actor,
        patient_id=patient_id,
        version=patient.version,
        facts=person,
        reach_facts=reach,
        ssn=incoming.numbers.ssn,
    )


def remember(order: Order, plan: Plan, incoming: matching.Incoming, patient_id: int) -> None:
    value = incoming.value
    if plan.item is not None:
        items.change(
            order,
            plan.item,
            aliases=value.aliases,
            source_hash=value.source_hash,
            digests=incoming.digests,
        )
        return
    items.add(
        order,
        source_key=plan.source_key,
        kind=ItemKind.PATIENT,
        patient_id=patient_id,
        object_id=patient_id,
        source_hash=value.source_hash,
        digests=incoming.digests,
        aliases=value.aliases,
    )


def facts_of(patient: Patient) -> PersonFacts:
    """Return who a registered patient is."""
    return PersonFacts(**{name: getattr(patient, name) for name in PERSON_FIELDS})


def reach_of(patient: Patient) -> ReachFacts:
    """Return the other names of a registered patient, and how they are reached."""
    return ReachFacts(
        names=tuple(
            OtherName(NameKind(row.kind), PersonName(row.family, row.given, row.middle, row.suffix))
            for row in patient.names.all()
        ),
        phones=tuple(PhoneFact(PhoneKind(row.kind), row.number) for row in patient.phones.all()),
        addresses=tuple(
            AddressFact(**{name: getattr(row, name) for name in names_of(AddressFact)})
            for row in patient.addresses.all()
        ),
        contacts=tuple(
            ContactFact(**{name: getattr(row, name) for name in names_of(ContactFact)})
            for row in patient.contacts.all()
        ),
    )
