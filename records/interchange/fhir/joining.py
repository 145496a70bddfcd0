"""Joins the sources of one document that came in several files, and makes the document anew."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from records.interchange.errors import FhirUnreadable
from records.interchange.fhir import bundle, documents, encounters, json_text
from records.interchange.fhir.belonging import Belonging
from records.interchange.fhir.bundle import Entry, Index
from records.interchange.fhir.names import Names
from records.interchange.fhir.node import Node
from records.interchange.values import ClinicalDocumentValue, EncounterValue, Reference


def joined(
    old: bytes,
    new: ClinicalDocumentValue,
    *,
    key: str,
    encounter_names: Collection[str],
    encounter: EncounterValue | None = None,
) -> ClinicalDocumentValue | None:
    """Return the document of an old source and a new value together, under `key`.

    A resource that both hold is taken from the newer: by its `lastUpdated` where both say one,
    otherwise from `new`. What only one holds stays, as nothing is deleted by an import.
    `encounter_names` are the names under which resources refer to the document's encounter, none
    for what belongs to no encounter. None: nothing of it can be read.

    Raises:
        FhirUnreadable: one of the sources is no FHIR.
    """
    entries = united(entries_of(old), entries_of(new.source_json))
    index = Index(entries)
    beside = next((item for item in entries if is_encounter(item, encounter_names)), None)
    members = [item for item in entries if is_member(item, index, encounter_names)]
    if beside is not None and encounter is None:
        encounter = encounter_of(beside, key, index)
    made = documents.gather(
        members,
        key.removeprefix("Clinical|"),
        Names(index),
        encounter=encounter,
        reference=new.encounter or reference_to(encounter_names),
        beside=beside,
    )
    return made.document


def entries_of(source: bytes) -> list[Entry]:
    return bundle.contents(source.decode("utf-8")).entries


def united(old: list[Entry], new: list[Entry]) -> list[Entry]:
    """Return the resources of both, the old ones first, each once."""
    found = {name_of(item): item for item in old}
    for place, item in enumerate(new):
        name = name_of(item)
        earlier = found.get(name)
        if earlier is None or is_newer(item, earlier):
            path = earlier.path if earlier else f"new[{place}]"
            url = item.full_url or (earlier.full_url if earlier else "")
            found[name] = bundle.entry(Node(item.node.data, path), url)
    return list(found.values())


def name_of(item: Entry) -> str:
    if item.id:
        return f"{item.type}/{item.id}"
    return item.full_url or f"sha256:{json_text.digest(item.node.data)}"


def is_newer(item: Entry, than: Entry) -> bool:
    """Say whether to take `item`; where a time is missing, what came last is newer."""
    mine, other = updated_at(item), updated_at(than)
    return mine >= other if mine and other else True


def updated_at(item: Entry) -> datetime | None:
    try:
        moment = item.node.node("meta").moment("lastUpdated")
    except FhirUnreadable:
        return None
    return moment.at if moment else None


def is_encounter(item: Entry, names: Collection[str]) -> bool:
    return item.type == "Encounter" and not set(item.aliases).isdisjoint(names)


def is_member(item: Entry, index: Index, encounter_names: Collection[str]) -> bool:
    """Say whether a resource is content of the document, not one that only lent it a name."""
    if item.type == "Encounter":
        return False
    belonging = Belonging(index)
    node, target = belonging.encounter(item)
    if node is not None:
        names = {node.text("reference"), *(target.aliases if target else ())}
        return not names.isdisjoint(encounter_names)
    return not encounter_names and bool(belonging.named(item))


def encounter_of(beside: Entry, key: str, index: Index) -> EncounterValue | None:
    try:
        return encounters.encounter(beside, key, index)
    except FhirUnreadable:
        return None


def reference_to(names: Collection[str]) -> Reference | None:
    return Reference(min(names)) if names else None
