"""Finds the words by which a resource is called where another refers to it."""

from __future__ import annotations

from records.interchange.errors import FhirUnreadable
from records.interchange.fhir import parts
from records.interchange.fhir.bundle import Entry, Index
from records.interchange.fhir.node import Node

OWN_VALUES = frozenset({"Patient", "Encounter", "Practitioner", "Organization"})
CODED_FIELDS = ("code", "vaccineCode", "type", "medicationCodeableConcept")
TEXT_FIELDS = ("title", "description")


class Names:
    """Names what references mean, and remembers which resources lent their name to a document."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self.lenders: dict[str, Entry] = {}

    def of(self, node: Node, origin: Entry) -> str:
        """Return what the Reference `node` means, in words; blank where only a number is known."""
        display, text = node.text("display"), node.text("reference")
        target = self.target(node, origin)
        if target is None:
            return display or ("" if text.startswith(("urn:", "#")) else text)
        name = display or self.of_resource(target)
        return name or text

    def target(self, node: Node, origin: Entry) -> Entry | None:
        """Return the resource that `node` means; one inside the origin is looked for first."""
        text = node.text("reference")
        if text.startswith("#"):
            inner = origin.contained.get(text[1:])
            return None if inner is None else as_entry(inner, origin)
        found = self.index.find(node, origin)
        if found is not None and found.type not in OWN_VALUES:
            self.lenders[found.path] = found
        return found

    def of_resource(self, target: Entry) -> str:
        try:
            return self.words(target)
        except FhirUnreadable:  # its own reading reports what is wrong with it
            return ""

    def words(self, target: Entry) -> str:
        node = target.node
        if target.type in ("Practitioner", "Patient", "RelatedPerson", "Person"):
            people = node.nodes("name")
            return parts.name(people[0]).shown if people else ""
        if target.type == "PractitionerRole":
            return self.of(node.node("practitioner"), target)
        if isinstance(node.data.get("name"), str):
            return node.text("name")
        for field in CODED_FIELDS:
            coded = node.one_or_many(field)
            if coded and parts.concept(coded[0]):
                return parts.concept(coded[0])
        for field in TEXT_FIELDS:
            if isinstance(node.data.get(field), str):
                return node.text(field)
        return parts.concept(node.node("description")) if node.has("description") else ""


def as_entry(node: Node, origin: Entry) -> Entry:
    """Return a contained resource as one of its own."""
    return Entry(node.path, node, node.text("resourceType"), node.text("id"), "", origin.contained)
