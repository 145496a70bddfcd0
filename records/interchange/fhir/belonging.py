"""Tells which patient and which encounter a resource belongs to."""

from __future__ import annotations

from dataclasses import dataclass

from records.interchange.enums import Reason
from records.interchange.fhir.bundle import Entry, Index
from records.interchange.fhir.node import Node
from records.interchange.values import Reference

PATIENT_FIELDS = ("subject", "patient", "beneficiary", "for", "individual", "securityContext")
ENCOUNTER_FIELDS = ("encounter", "context")
NOBODY = Reference("")


@dataclass(frozen=True)
class Owner:
    """The patient of a resource: an entry of the file, a reference out of it, or why neither."""

    reference: Reference = NOBODY
    entry: Entry | None = None
    reason: Reason | None = None


class Belonging:
    def __init__(self, index: Index) -> None:
        self.index = index

    def patient(self, entry: Entry) -> Owner:
        """Return the patient whom a resource is about.

        Raises:
            FhirUnreadable: a reference has a wrong shape.
        """
        owners = self.named(entry)
        if not owners:
            _, encounter = self.encounter(entry) if entry.type != "Encounter" else (None, None)
            owners = self.named(encounter) if encounter else {}
        if len(owners) > 1:
            return Owner(reason=Reason.SEVERAL_PATIENTS)
        return next(iter(owners.values()), Owner(reason=Reason.NO_PATIENT))

    def named(self, entry: Entry) -> dict[str, Owner]:
        """Return the patients that a resource names, each once."""
        found: dict[str, Owner] = {}
        for field in PATIENT_FIELDS:
            if field == "individual" and entry.type != "ResearchSubject":
                continue
            for node in self.references(entry, field):
                owner = self.owner(node, entry)
                if owner is not None:
                    found[owner.entry.path if owner.entry else owner.reference.text] = owner
            if found:
                break
        return found

    def owner(self, node: Node, entry: Entry) -> Owner | None:
        target = self.index.find(node, entry)
        text = node.text("reference")
        if target is not None:
            is_patient = target.type == "Patient"
            return Owner(Reference(text, node.text("display")), target) if is_patient else None
        is_elsewhere = "Patient/" in text or text.startswith("urn:") or text.startswith("Patient?")
        return Owner(Reference(text, node.text("display"))) if is_elsewhere else None

    def encounter(self, entry: Entry) -> tuple[Node | None, Entry | None]:
        """Return the reference to an encounter that a resource makes, and what it leads to.

        Raises:
            FhirUnreadable: a reference has a wrong shape.
        """
        for field in ENCOUNTER_FIELDS:
            for node in self.references(entry, field):
                for each in node.one_or_many("encounter") or [node]:
                    target = self.index.find(each, entry)
                    if target is not None and target.type == "Encounter":
                        return each, target
                    if target is None and is_encounter(each):
                        return each, None
        return None, None

    def references(self, entry: Entry, field: str) -> list[Node]:
        """Return what a field refers to; a field of that name may be no reference."""
        value = entry.node.data.get(field)
        many = value if isinstance(value, list) else [value]
        is_reference = all(isinstance(item, dict) for item in many if item is not None)
        return entry.node.one_or_many(field) if is_reference else []


def is_encounter(node: Node) -> bool:
    text = node.text("reference")
    return "Encounter/" in text or (text.startswith("urn:") and node.path.endswith("encounter"))
