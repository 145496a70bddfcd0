"""Where the documents of one part belong: to which encounter, under which key."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from records.interchange.enums import ItemKind
from records.interchange.models import ImportedItem
from records.interchange.selectors import items as selectors
from records.interchange.services.orders import Order
from records.interchange.values import (
    AttachmentValue,
    ClinicalDocumentValue,
    EncounterValue,
    PatientBundleValue,
    Reference,
)

SUMMARY = "summary"
Value = ClinicalDocumentValue | AttachmentValue


@dataclass
class Places:
    """What is known of the encounters and documents that one part of a file speaks of.

    A document's key names its encounter by the encounter's own key, whichever way the file at
    hand refers to it, so that files of one set add to the same document.
    """

    patient_key: str
    values: dict[str, EncounterValue]  # of this file, by key
    encounters: dict[str, ImportedItem]  # of other files, by the text that refers to them
    documents: dict[str, ImportedItem] = field(default_factory=dict)  # by key
    rows: dict[str, int] = field(default_factory=dict)  # encounters written, by key

    def value_of(self, reference: Reference | None) -> EncounterValue | None:
        """Return the encounter, where the file at hand holds it."""
        return self.values.get(reference.key) if reference else None

    def names_of(self, reference: Reference | None) -> frozenset[str]:
        """Return every name by which resources refer to an encounter."""
        if reference is None:
            return frozenset()
        value, item = self.value_of(reference), self.encounters.get(reference.text)
        known = (value.aliases if value else ()), (item.aliases if item else ())
        return frozenset({reference.text, *known[0], *known[1]} - {""})

    def encounter_id(self, reference: Reference | None) -> int | None:
        """Return the row of an encounter, None where it is not known or was rejected."""
        if reference is None:
            return None
        if reference.key in self.rows:
            return self.rows[reference.key]
        item = self.encounters.get(reference.text)
        return item.object_id if item else None

    def keys(self, value: Value) -> tuple[str, ...]:
        """Return the keys of a document: the one it goes by, then one it may have been given."""
        if isinstance(value, AttachmentValue):
            return (value.source_key,)
        if value.encounter is None:
            return (f"Clinical|{self.patient_key}|{SUMMARY}",)
        item = None if value.encounter.key else self.encounters.get(value.encounter.text)
        own = (f"Clinical|{item.source_key}",) if item else ()
        return (*own, value.source_key)

    def paper(self, value: Value) -> tuple[str, ImportedItem | None]:
        """Return the key of a document, and what is known of it."""
        keys = [selectors.key_of(key) for key in self.keys(value)]
        known = (self.documents[key] for key in keys if key in self.documents)
        return keys[0], next(known, None)


def find(order: Order, group: PatientBundleValue, patient_key: str, patient_id: int) -> Places:
    """Return what is known of the encounters and documents of a part, in two queries."""
    values = {value.source_key: value for value in group.encounters}
    texts = unresolved(group)
    encounters = (
        selectors.find_by_aliases(order.feed, texts, ItemKind.ENCOUNTER, patient_id=patient_id)
        if texts
        else {}
    )
    places = Places(patient_key, values, encounters)
    keys = [key for value in papers(group) for key in places.keys(value)]
    places.documents = selectors.get_items(order.feed, keys)
    return places


def papers(group: PatientBundleValue) -> Iterable[Value]:
    """Return the documents and the attached files of a part."""
    return (*group.documents, *group.attachments)


def unresolved(group: PatientBundleValue) -> set[str]:
    """Return the references to encounters that the file at hand does not hold."""
    return {
        value.encounter.text
        for value in papers(group)
        if value.encounter and value.encounter.text and not value.encounter.key
    }
