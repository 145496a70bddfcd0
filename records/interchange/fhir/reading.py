"""Reads a file of FHIR R4 into plain values, and accounts for every resource of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TypeVar

from records.interchange.enums import Reason
from records.interchange.errors import FhirUnreadable
from records.interchange.fhir import attachments, bundle, documents, encounters, people
from records.interchange.fhir.belonging import Belonging
from records.interchange.fhir.bundle import Entry, Index
from records.interchange.fhir.groups import BILLING, Group
from records.interchange.fhir.ledger import Ledger
from records.interchange.fhir.names import Names
from records.interchange.values import (
    AttachmentValue,
    EncounterValue,
    OrganizationValue,
    ProviderValue,
    ReadResult,
    Reference,
    Remainder,
)

Value = TypeVar("Value")


class Reading:
    """One file on its way from resources to values."""

    def __init__(self, contents: bundle.Contents) -> None:
        self.contents = contents
        self.ledger = Ledger(contents)
        self.entries = self.ledger.distinct()
        self.index = Index(self.entries)
        self.names = Names(self.index)
        self.belonging = Belonging(self.index)
        self.groups: dict[str, Group] = {}
        self.providers: dict[str, ProviderValue] = {}
        self.organizations: dict[str, OrganizationValue] = {}
        self.encounter_entries: dict[str, Entry] = {}
        self.references: dict[str, Reference] = {}
        self.unassigned: list[AttachmentValue] = []
        self.remainder: list[Remainder] = [*contents.remainder]
        self.lenders: set[str] = set()
        self.waiting: list[tuple[Entry, Reason]] = []

    def attempt(self, entry: Entry, read: Callable[[], Value]) -> Value | None:
        """Return what `read` gives, or put the resource among the rejected."""
        try:
            return read()
        except FhirUnreadable as error:
            self.ledger.reject(entry, error)
            return None

    def read(self) -> None:
        self.read_people()
        for entry in self.of_types("Encounter"):
            self.read_encounter(entry)
        for entry in self.entries:
            if not self.ledger.has(entry):
                self.sort_out(entry)
        for group in self.groups.values():
            self.gather(group)
        self.close()

    def of_types(self, *types: str) -> list[Entry]:
        return [entry for entry in self.entries if entry.type in types]

    def read_people(self) -> None:
        for entry in self.of_types("Patient"):
            self.attempt(entry, partial(self.read_patient, entry))
        for entry in self.of_types("Practitioner"):
            self.attempt(entry, partial(self.read_provider, entry))
        for entry in self.of_types("Organization"):
            self.attempt(entry, partial(self.read_organization, entry))

    def read_patient(self, entry: Entry) -> None:
        key = self.ledger.key(entry)
        if key in {group.reference.key for group in self.groups.values()}:
            raise entry.node.refuse(
                "identifier", "belongs to another patient of this file", Reason.DUPLICATE_ID
            )
        value = people.patient(entry, key)
        name = value.name.shown if value.name else ""
        reference = Reference(entry.aliases[0] if entry.aliases else key, name, key)
        self.groups[entry.path] = Group(reference, entry, value)
        self.ledger.use(entry, key)

    def read_provider(self, entry: Entry) -> None:
        value = people.provider(entry, self.ledger.key(entry))
        self.providers[entry.path] = value
        self.ledger.use(entry, value.source_key)

    def read_organization(self, entry: Entry) -> None:
        value = people.organization(entry, self.ledger.key(entry))
        self.organizations[entry.path] = value
        self.ledger.use(entry, value.source_key)

    def read_encounter(self, entry: Entry) -> None:
        group = self.attempt(entry, lambda: self.group_of(entry))
        if group is None:
            return
        value = self.attempt(
            entry, lambda: encounters.encounter(entry, self.ledger.key(entry), self.index)
        )
        if value is None:
            return
        group.encounters[entry.path] = self.with_names(entry, value)
        self.encounter_entries[entry.path] = entry
        self.ledger.use(entry, value.source_key)

    def with_names(self, entry: Entry, value: EncounterValue) -> EncounterValue:
        """Return the encounter with names for its provider and organization."""

        def named(reference: Reference | None) -> Reference | None:
            if reference is None or reference.display or not reference.key:
                return reference
            target = self.index.by_text(reference.text, entry)
            return (
                replace(reference, display=self.names.of_resource(target)) if target else reference
            )

        return replace(
            value, provider=named(value.provider), organization=named(value.organization)
        )

    def group_of(self, entry: Entry) -> Group | None:
        """Return the group of the patient whom a resource is about; None where it waits.

        Raises:
            FhirUnreadable: its patient could not be read, or its encounter is another's.
        """
        owner = self.belonging.patient(entry)
        if owner.reason is not None:
            self.waiting.append((entry, owner.reason))
            return None
        if owner.entry is None:
            return self.groups.setdefault(owner.reference.text, Group(owner.reference))
        if owner.entry.path not in self.groups:
            raise entry.node.refuse("", "its patient could not be read", Reason.PATIENT_REJECTED)
        return self.groups[owner.entry.path]

    def sort_out(self, entry: Entry) -> None:
        """Put one resource where it is read, or where it waits for the end."""
        group = self.attempt(entry, lambda: self.group_of(entry))
        if group is None:
            return
        if entry.type in BILLING:
            self.leave(entry, Reason.BILLING, group)
        elif entry.type == "RelatedPerson":
            self.add_contact(entry, group)
        else:
            self.attempt(entry, lambda: self.read_content(entry, group))

    def add_contact(self, entry: Entry, group: Group) -> None:
        patient = group.patient
        if patient is None:
            self.leave(entry, Reason.PATIENT_ELSEWHERE, group)
            return
        value = self.attempt(entry, lambda: people.with_contact(patient, entry.node))
        if value is not None:
            group.patient = value
            self.ledger.use(entry, value.source_key)

    def read_content(self, entry: Entry, group: Group) -> None:
        """Take the attached files out of a resource; what says more goes into a document."""
        place, reference = self.encounter_of(entry, group)
        found = attachments.of(entry, self.ledger.key(entry), reference, self.names)
        group.attachments.extend(found.values)
        for binary in found.binaries:
            self.ledger.use(binary, found.values[0].source_key)
        if entry.type not in attachments.CARRIERS:
            group.clinical.setdefault(place, []).append(entry)
        elif found.values:
            self.ledger.use(entry, found.values[0].source_key)
        if found.elsewhere or (entry.type in attachments.CARRIERS and not found.values):
            detail = "; ".join(found.elsewhere)
            self.leave(entry, Reason.CONTENT_ELSEWHERE, group, detail)

    def encounter_of(self, entry: Entry, group: Group) -> tuple[str, Reference | None]:
        """Return where among the group's encounters a resource belongs.

        Raises:
            FhirUnreadable: the encounter it names belongs to another patient.
        """
        node, target = self.belonging.encounter(entry)
        if node is None:
            return "", None
        if target is None:
            text = node.text("reference")
            self.references.setdefault(text, Reference(text, node.text("display")))
            return text, self.references[text]
        value = group.encounters.get(target.path)
        if value is not None:
            return target.path, Reference(node.text("reference"), value.type, value.source_key)
        if target.path in self.encounter_entries:
            raise entry.node.refuse(
                "encounter", "belongs to another patient", Reason.PATIENT_MISMATCH
            )
        return "", None  # the encounter itself was rejected

    def gather(self, group: Group) -> None:
        for place, entries in group.clinical.items():
            encounter = group.encounters.get(place)
            beside = self.encounter_entries.get(place) if encounter else None
            reference = self.references.get(place)
            if encounter:
                reference = Reference(
                    encounter.aliases[0] if encounter.aliases else "",
                    encounter.type,
                    encounter.source_key,
                )
            about = encounter.source_key if encounter else place
            owner = group.reference.key or group.reference.text
            made = documents.gather(
                entries,
                about or f"{owner}|summary",
                self.names,
                encounter=encounter,
                reference=reference,
                beside=beside,
            )
            for entry, error in made.refused:
                self.ledger.reject(entry, error)
            if made.document is None:
                continue
            group.documents.append(made.document)
            self.lenders.update(self.names.lenders)
            for entry in made.used:
                self.ledger.use(entry, made.document.source_key)

    def leave(self, entry: Entry, reason: Reason, group: Group | None, detail: str = "") -> None:
        """Put a resource among what is left; one that was used as well keeps that fate."""
        found = Remainder(entry.path, entry.type, reason, detail)
        (group.remainder if group else self.remainder).append(found)
        if not group or not any(entry in many for many in group.clinical.values()):
            self.ledger.leave(entry, reason)

    def close(self) -> None:
        """Say what became of resources without a patient."""
        for entry, reason in self.waiting:
            if self.ledger.has(entry):
                continue
            if entry.path in self.lenders:
                self.ledger.support(entry)
            elif entry.type == "Binary":
                self.attempt(entry, partial(self.take_unassigned, entry))
            else:
                self.leave(entry, reason, None)

    def take_unassigned(self, entry: Entry) -> None:
        found = attachments.of(entry, self.ledger.key(entry), None, self.names)
        if not found.values:
            self.leave(entry, Reason.CONTENT_ELSEWHERE, None)
            return
        self.unassigned.extend(found.values)
        self.ledger.use(entry, found.values[0].source_key)

    def result(self, name: str) -> ReadResult:
        return ReadResult(
            name=name,
            kind=self.contents.kind,
            patients=tuple(
                group.bundle(self.providers, self.organizations) for group in self.groups.values()
            ),
            providers=tuple(self.providers.values()),
            organizations=tuple(self.organizations.values()),
            unassigned=tuple(self.unassigned),
            remainder=tuple(self.remainder),
            rejected=tuple(self.ledger.rejected),
            fates=self.ledger.fates(),
        )


def read_fhir(text: str, name: str) -> ReadResult:
    """Return what a FHIR file holds.

    Raises:
        FhirUnreadable: the whole is not JSON, or not FHIR; a resource that cannot be read is
            listed as rejected and leaves the others.
    """
    reading = Reading(bundle.contents(text))
    reading.read()
    return reading.result(name)
