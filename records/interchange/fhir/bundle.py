"""Takes a file of FHIR apart into resources, and finds the resource that a reference means."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from records.interchange.enums import FileKind, Reason
from records.interchange.errors import FhirUnreadable
from records.interchange.fhir import json_text, parts
from records.interchange.fhir.node import Node
from records.interchange.kinds import RESOURCE_TYPE
from records.interchange.values import Fate, IdentifierValue, Reference, Rejection, Remainder

HISTORY = re.compile(r"/_history/[^/]*\Z")
RELATIVE = re.compile(r"(?:^|/)([A-Z][A-Za-z]+)/([A-Za-z0-9.-]{1,64})\Z")
CONDITIONAL = re.compile(r"(?:^|/)([A-Z][A-Za-z]+)\?(?:.*&)?identifier=([^&]+)")
ENTRY_KEYS = frozenset({"fullUrl", "resource", "request", "search", "response", "link"})
# Numbers that name a person outside the house: never used as the name of a row.
PRIVATE_TYPES = frozenset({"SS", "DL", "PPN", "TAX", "MC", "NI", "SB"})
BUNDLES_DEEP = 3


@dataclass(eq=False)
class Entry:
    """One resource of a file."""

    path: str
    node: Node
    type: str
    id: str
    full_url: str
    contained: dict[str, Node] = field(default_factory=dict)

    @property
    def aliases(self) -> tuple[str, ...]:
        """The names under which others refer to this resource."""
        local = f"{self.type}/{self.id}" if self.id else ""
        return tuple(dict.fromkeys(name for name in (self.full_url, local) if name))

    def key(self) -> str:
        """Return a name that stays the same at every import of this resource."""
        found = key_identifier(parts.identifiers(self.node)) if self.names_itself() else None
        if found:
            return f"{self.type}|{found.system}|{found.value}"
        if self.aliases:
            return f"{self.type}|{self.aliases[0]}"
        return f"{self.type}|sha256:{json_text.digest(self.node.data)}"

    def names_itself(self) -> bool:
        """Say whether `identifier` is a list of this resource's own names."""
        return isinstance(self.node.data.get("identifier"), list)


def key_identifier(found: tuple[IdentifierValue, ...]) -> IdentifierValue | None:
    """Return the identifier to know a resource by: a record number first, never a private one."""
    public = [item for item in found if item.system and item.type not in PRIVATE_TYPES]
    return next((item for item in public if item.type == "MR"), public[0] if public else None)


@dataclass
class Contents:
    """The resources of a file, and what was no resource."""

    kind: FileKind
    entries: list[Entry] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)
    remainder: list[Remainder] = field(default_factory=list)
    fates: list[Fate] = field(default_factory=list)


def contents(text: str) -> Contents:
    """Return the resources of a FHIR file.

    Raises:
        FhirUnreadable: the whole is not JSON, or not FHIR.
    """
    lines = ndjson_lines(text)
    if lines is not None:
        return from_lines(lines)
    value = json_text.loads(text)
    root = resource_node(value, "")
    found = Contents(FileKind.FHIR_RESOURCE)
    if root.text("resourceType") == "Bundle":
        found.kind = FileKind.FHIR_BUNDLE
        add_bundle(found, root, depth=1)
    else:
        found.entries.append(entry(root, ""))
    return found


def ndjson_lines(text: str) -> list[tuple[int, str]] | None:
    """Return the numbered lines where each holds one object, or None."""
    numbered = ((number, line.strip()) for number, line in enumerate(text.split("\n"), start=1))
    lines = [(number, line) for number, line in numbered if line]
    is_one_each = len(lines) > 1 and lines[0][1][0] == "{" and lines[0][1][-1] == "}"
    return lines if is_one_each else None


def from_lines(lines: list[tuple[int, str]]) -> Contents:
    """Read a file of one resource a line; a line that cannot be read leaves the others."""
    found = Contents(FileKind.FHIR_NDJSON)
    for number, line in lines:
        path = f"line {number}"
        try:
            node = resource_node(json_text.loads(line, path), path)
            if node.text("resourceType") == "Bundle":
                add_bundle(found, node, depth=1)
            else:
                found.entries.append(entry(node, ""))
        except FhirUnreadable as error:
            reject(found, error, path, "")
    if not found.entries and found.rejected and not found.fates:
        raise FhirUnreadable("No line holds a FHIR resource.", Reason.NOT_FHIR)
    return found


def add_bundle(found: Contents, bundle: Node, *, depth: int) -> None:
    """Add the resources of a bundle, of bundles in it too."""
    for item in bundle.items("entry") and bundle.nodes("entry"):
        try:
            add_entry(found, item, depth=depth)
        except FhirUnreadable as error:
            reject(found, error, f"{item.path}.resource", resource_type(item))


def add_entry(found: Contents, item: Node, *, depth: int) -> None:
    if not item.has("resource"):
        found.remainder.append(Remainder(item.path, "", Reason.NO_RESOURCE, request_of(item)))
        return
    node = resource_node(item.data["resource"], f"{item.path}.resource".lstrip("."))
    if node.text("resourceType") != "Bundle":
        found.entries.append(entry(node, item.text("fullUrl")))
    elif depth < BUNDLES_DEEP:
        add_bundle(found, node, depth=depth + 1)
    else:
        raise FhirUnreadable("Bundles in bundles in bundles.", Reason.BAD_SHAPE, node.path)


def request_of(item: Node) -> str:
    """Return what an entry without a resource asks for; nothing is ever deleted by an import."""
    request = item.node("request")
    return f"{request.text('method')} {request.text('url')}".strip()


def resource_type(item: Node) -> str:
    resource = item.data.get("resource")
    name = resource.get("resourceType") if isinstance(resource, dict) else ""
    return name if isinstance(name, str) and RESOURCE_TYPE.match(name) else ""


def reject(found: Contents, error: FhirUnreadable, path: str, type_name: str) -> None:
    found.rejected.append(Rejection(error.path or path, error.message, error.reason, type_name))


def resource_node(value: Any, path: str) -> Node:
    """Return `value` as a resource.

    Raises:
        FhirUnreadable: it is none.
    """
    name = value.get("resourceType") if isinstance(value, dict) else None
    if not isinstance(name, str) or not RESOURCE_TYPE.match(name):
        raise FhirUnreadable("This JSON is no FHIR resource.", Reason.NOT_FHIR, path)
    return Node(value, path or name)


def entry(node: Node, full_url: str) -> Entry:
    contained = {item.text("id"): item for item in node.nodes("contained")}
    return Entry(node.path, node, node.text("resourceType"), node.text("id"), full_url, contained)


class Index:
    """Finds resources of the file by reference."""

    def __init__(self, entries: list[Entry]) -> None:
        self.by_url: dict[str, Entry] = {}
        self.by_local: dict[str, list[Entry]] = {}
        self.by_identifier: dict[tuple[str, str, str], list[Entry]] = {}
        for item in entries:
            self.add(item)

    def add(self, item: Entry) -> None:
        if item.full_url:
            self.by_url.setdefault(item.full_url, item)
        if item.id:
            self.by_local.setdefault(f"{item.type}/{item.id}", []).append(item)
        for system, value in raw_identifiers(item):
            self.by_identifier.setdefault((item.type, system, value), []).append(item)

    def find(self, node: Node, origin: Entry) -> Entry | None:
        """Return the resource that the Reference `node` of `origin` means, if the file has it."""
        text = HISTORY.sub("", node.text("reference"))
        if text:
            return self.by_text(text, origin)
        identifier = node.node("identifier")
        named = node.text("type"), identifier.text("system"), identifier.text("value")
        return sole(self.by_identifier.get(named, [])) if all(named) else None

    def by_text(self, text: str, origin: Entry) -> Entry | None:
        if text in self.by_url:
            return self.by_url[text]
        conditional = CONDITIONAL.search(text)
        if conditional:
            system, _, value = conditional.group(2).rpartition("|")
            return sole(self.by_identifier.get((conditional.group(1), system, value), []))
        relative = RELATIVE.search(text)
        if relative is None:
            return None
        local = f"{relative.group(1)}/{relative.group(2)}"
        if relative.start() == 0 and relative.group() == text and RELATIVE.search(origin.full_url):
            base = RELATIVE.sub("", origin.full_url)
            if f"{base}/{local}" in self.by_url:
                return self.by_url[f"{base}/{local}"]
        candidates = self.by_local.get(local, [])
        if text != local:  # an absolute address means that one, or one that has no address
            candidates = [item for item in candidates if not item.full_url.startswith("http")]
        return sole(candidates)


def sole(found: list[Entry]) -> Entry | None:
    """Return the only one: two candidates are none, a guess could file into the wrong chart."""
    return found[0] if len(found) == 1 else None


def raw_identifiers(item: Entry) -> Iterator[tuple[str, str]]:
    """Yield system and value of what identifies a resource, whatever else may be wrong with it."""
    listed = item.node.data.get("identifier")
    for each in listed if isinstance(listed, list) else []:
        system = each.get("system", "") if isinstance(each, dict) else None
        value = each.get("value") if isinstance(each, dict) else None
        if isinstance(system, str) and isinstance(value, str) and value:
            yield system, value


def reference(node: Node, target: Entry | None) -> Reference | None:
    """Return the plain value of a Reference, or None where it says nothing."""
    text = node.text("reference")
    identifier = node.node("identifier")
    if not text and identifier.text("value"):
        text = (
            f"{node.text('type')}?identifier={identifier.text('system')}|{identifier.text('value')}"
        )
    if not text and not node.text("display"):
        return None
    return Reference(text, node.text("display"), target.key() if target else "")
