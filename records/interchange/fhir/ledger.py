"""Keeps account of what became of each resource of a file."""

from __future__ import annotations

from records.interchange.enums import Outcome, Reason
from records.interchange.errors import FhirUnreadable
from records.interchange.fhir import json_text
from records.interchange.fhir.bundle import Contents, Entry
from records.interchange.values import Fate, Rejection, Remainder


class Ledger:
    """One fate for each resource; the first stands, so nothing is counted twice."""

    def __init__(self, contents: Contents) -> None:
        self.contents = contents
        self.rejected: list[Rejection] = [*contents.rejected]
        self.found: dict[str, Fate] = {}
        self.keys: dict[str, str] = {}
        for item in contents.rejected:
            self.found[item.path] = Fate(item.path, item.type, Outcome.REJECTED, "", item.reason)
        for left in contents.remainder:
            self.found[left.path] = Fate(left.path, "", Outcome.REMAINDER, "", left.reason)

    def distinct(self) -> list[Entry]:
        """Return the resources without those that stand in the file twice."""
        first: dict[str, Entry] = {}
        kept: list[Entry] = []
        for entry in self.contents.entries:
            name = f"{entry.type} {entry.full_url or entry.id}"
            earlier = first.setdefault(name, entry) if entry.full_url or entry.id else entry
            if earlier is entry:
                kept.append(entry)
            elif json_text.digest(earlier.node.data) == json_text.digest(entry.node.data):
                self.leave(entry, Reason.DUPLICATE)
                self.contents.remainder.append(
                    Remainder(entry.path, entry.type, Reason.DUPLICATE, earlier.path)
                )
            else:
                self.reject(
                    entry, entry.node.refuse("id", "names two resources", Reason.DUPLICATE_ID)
                )
        return kept

    def key(self, entry: Entry) -> str:
        """Return the source key of a resource; an identifier that two share names neither."""
        key = entry.key()
        if self.keys.setdefault(key, entry.path) == entry.path or entry.type == "Patient":
            return key
        name = entry.aliases[0] if entry.aliases else f"sha256:{json_text.digest(entry.node.data)}"
        return f"{entry.type}|{name}"

    def has(self, entry: Entry) -> bool:
        return entry.path in self.found

    def use(self, entry: Entry, source_key: str) -> None:
        self.set(Fate(entry.path, entry.type, Outcome.USED, source_key))

    def support(self, entry: Entry) -> None:
        self.set(Fate(entry.path, entry.type, Outcome.SUPPORTING))

    def leave(self, entry: Entry, reason: Reason) -> None:
        self.set(Fate(entry.path, entry.type, Outcome.REMAINDER, "", reason))

    def reject(self, entry: Entry, error: FhirUnreadable) -> None:
        path = error.path or entry.path
        self.rejected.append(Rejection(path, error.message, error.reason, entry.type))
        self.set(Fate(entry.path, entry.type, Outcome.REJECTED, "", error.reason))

    def set(self, fate: Fate) -> None:
        self.found.setdefault(fate.path, fate)

    def fates(self) -> tuple[Fate, ...]:
        return tuple(self.found.values())
