"""Gathers the clinical content of one encounter, or of a patient outside any, into a document."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from records.interchange.errors import FhirUnreadable
from records.interchange.fhir import json_text, listed, parts, results, written
from records.interchange.fhir.bundle import Entry
from records.interchange.fhir.names import Names, as_entry
from records.interchange.fhir.node import Node
from records.interchange.rules import titles
from records.interchange.values import (
    Block,
    ClinicalDocumentValue,
    EncounterValue,
    Moment,
    Paragraph,
    Reference,
    Section,
    Table,
    sealed,
)

SUMMARY = "Health summary"
Writer = Callable[[Entry, Names], list[Block]]
WRITERS: dict[str, tuple[str, Writer]] = {
    "Composition": ("Notes", written.composition),
    "CarePlan": ("Care plans", written.care_plan),
    "QuestionnaireResponse": ("Answers to questions", written.questionnaire),
}
REPORTS, OTHERS = "Reports", "Other content"
ORDER = (
    "Notes",
    "Conditions",
    "Allergies and intolerances",
    "Medications",
    "Immunizations",
    "Vital signs",
    REPORTS,
    "Laboratory",
    "Imaging studies",
    "Imaging findings",
    "Examination",
    "Procedures",
    "Findings at procedures",
    "Questionnaires and scores",
    "Answers to questions",
    "Social history",
    "Therapy",
    "Activity",
    "Other observations",
    "Care plans",
    "Goals",
    OTHERS,
)
VOLATILE = ("versionId", "lastUpdated")


@dataclass
class Gathered:
    """What was made of the resources of one document."""

    document: ClinicalDocumentValue | None
    used: list[Entry] = field(default_factory=list)
    refused: list[tuple[Entry, FhirUnreadable]] = field(default_factory=list)


@dataclass
class Sheet:
    """A document in the making."""

    names: Names
    rows: dict[str, list[tuple[str, ...]]] = field(default_factory=dict)
    blocks: dict[str, list[Block]] = field(default_factory=dict)
    observed: dict[str, results.Observed] = field(default_factory=dict)
    reports: list[Entry] = field(default_factory=list)
    is_rounded: bool = False

    def add(self, entry: Entry) -> None:
        """Take up one resource.

        Raises:
            FhirUnreadable: it cannot be read.
        """
        parts.labels(entry.node)
        if entry.type in listed.LISTINGS:
            listing = listed.LISTINGS[entry.type]
            cells = listing.read(entry.node, entry, self.names)
            self.rows.setdefault(listing.heading, []).append(cells)
        elif entry.type == "Observation":
            self.observed[entry.path] = results.observation(entry)
        elif entry.type == "DiagnosticReport":
            self.check_report(entry)
            self.reports.append(entry)
        else:
            heading, write = WRITERS.get(entry.type, (OTHERS, written.other))
            self.blocks.setdefault(heading, []).extend(write(entry, self.names))

    def check_report(self, entry: Entry) -> None:
        """Refuse a report now, rather than when its results have been taken from others."""
        results.report(entry, self.names, [])
        for node in entry.node.nodes("result"):
            self.names.of(node, entry)
            inner = contained_result(node, entry)
            if inner is not None:
                results.observation(inner)

    def sections(self) -> tuple[Section, ...]:
        """Return what was taken up, in the order of the house."""
        self.place_reports()
        self.place_observations()
        for heading, rows in self.rows.items():
            self.blocks.setdefault(heading, []).append(Table(columns_of(heading), tuple(rows)))
        return tuple(
            Section(heading, tuple(map(trimmed, self.blocks[heading])))
            for heading in ORDER
            if heading in self.blocks
        )

    def place_reports(self) -> None:
        """Put each observation under the first report that names it, and nowhere else."""
        for entry in self.reports:
            found, further = [], []
            for node in entry.node.nodes("result"):
                taken = self.taken(node, entry)
                if taken is None:
                    further.append(self.names.of(node, entry))
                else:
                    found.append(taken)
                    self.is_rounded = self.is_rounded or taken.is_rounded
            blocks = self.blocks.setdefault(REPORTS, [])
            blocks.extend(results.report(entry, self.names, found))
            words = "; ".join(word for word in further if word)
            blocks.extend([Paragraph(f"Results not shown here: {words}")] if words else [])

    def taken(self, node: Node, report: Entry) -> results.Observed | None:
        """Return a report's result: an observation of this document, or one inside the report."""
        inner = contained_result(node, report)
        if inner is not None:
            return results.observation(inner)
        target = self.names.index.find(node, report)
        return self.observed.pop(target.path, None) if target else None

    def place_observations(self) -> None:
        by_heading: dict[str, list[results.Observed]] = {}
        for item in self.observed.values():
            by_heading.setdefault(item.heading, []).append(item)
            self.is_rounded = self.is_rounded or item.is_rounded
        for heading, found in by_heading.items():
            self.blocks.setdefault(heading, []).extend(results.table(found))


def contained_result(node: Node, report: Entry) -> Entry | None:
    """Return the observation inside `report` that a result means."""
    inner = report.contained.get(node.text("reference").removeprefix("#"))
    is_result = inner is not None and inner.text("resourceType") == "Observation"
    return as_entry(inner, report) if inner is not None and is_result else None


def columns_of(heading: str) -> tuple[Any, ...]:
    return next(item.columns for item in listed.LISTINGS.values() if item.heading == heading)


def trimmed(block: Block) -> Block:
    """Return a table without the columns that are empty throughout; the first always stays."""
    if not isinstance(block, Table):
        return block
    keep = [
        index
        for index in range(len(block.columns))
        if index == 0 or any(row[index] for row in block.rows)
    ]
    return Table(
        tuple(block.columns[index] for index in keep),
        tuple(tuple(row[index] for index in keep) for row in block.rows),
    )


def gather(
    entries: list[Entry],
    key: str,
    names: Names,
    *,
    encounter: EncounterValue | None = None,
    reference: Reference | None = None,
    beside: Entry | None = None,
) -> Gathered:
    """Return the document made of `entries`, which all belong to one encounter or to none.

    A resource that cannot be read is refused alone. `beside` is the encounter's own resource,
    which goes into the kept source.
    """
    names.lenders = {}
    sheet, made = Sheet(names), Gathered(None)
    for entry in ordered(entries, made):
        try:
            sheet.add(entry)
        except FhirUnreadable as error:
            made.refused.append((entry, error))
        else:
            made.used.append(entry)
    if not made.used:
        return made
    sections = sheet.sections()
    kept = {item.path: item for item in (*([beside] if beside else []), *made.used)}
    kept.update(names.lenders)
    started = [moment for moment in map(moment_of, made.used) if moment]
    on = encounter.start if encounter else min(started, key=lambda item: item.on, default=None)
    made.document = sealed(
        ClinicalDocumentValue(
            source_key=f"Clinical|{key}",
            title=title(encounter, reference, on),
            encounter=reference,
            on=on,
            facts=facts(encounter),
            sections=sections,
            notes=(results.ROUNDED,) if sheet.is_rounded else (),
            labels=tuple(sorted({code for item in made.used for code in parts.labels(item.node)})),
            resources=len(made.used),
            source_json=source(list(kept.values())),
            content_hash=json_text.digest([settled(item) for item in kept.values()]),
        )
    )
    return made


def ordered(entries: list[Entry], made: Gathered) -> list[Entry]:
    """Return the entries by date, then as they came; those whose date cannot be are refused."""
    dated: list[tuple[str, int, Entry]] = []
    for place, entry in enumerate(entries):
        try:
            moment = listed.begun(entry.node)
        except FhirUnreadable as error:
            made.refused.append((entry, error))
        else:
            dated.append(
                (moment.on.isoformat() + moment.text[10:19] if moment else "", place, entry)
            )
    return [entry for _, _, entry in sorted(dated, key=lambda item: item[:2])]


def moment_of(entry: Entry) -> Moment | None:
    return listed.begun(entry.node)


def title(encounter: EncounterValue | None, reference: Reference | None, on: Moment | None) -> str:
    if encounter is None:
        return SUMMARY if reference is None else ", ".join(filter(None, ["Visit", parts.day(on)]))
    what = titles.without_tag(encounter.type) or encounter.kind.replace("_", " ").capitalize()
    return ", ".join(filter(None, [what, parts.day(on)]))


def facts(encounter: EncounterValue | None) -> tuple[tuple[str, str], ...]:
    """Return what stands at the head of an encounter's document."""
    if encounter is None:
        return ()
    provider, organization = encounter.provider, encounter.organization
    rows = (
        ("Kind", encounter.kind.replace("_", " ").capitalize()),
        ("Status", encounter.source_status.capitalize()),
        ("Began", parts.when(encounter.start)),
        ("Ended", parts.when(encounter.end)),
        ("Reason", encounter.reason),
        ("Provider", provider.display if provider else ""),
        ("Organization", organization.display if organization else ""),
        ("Place", "; ".join(encounter.locations)),
        ("Came from", encounter.admit_source),
        ("Left to", encounter.disposition),
    )
    return tuple(row for row in rows if row[1])


def source(entries: list[Entry]) -> bytes:
    """Return the resources as a FHIR bundle, byte for byte the same for the same resources."""
    listed_entries = [
        {"fullUrl": item.full_url, "resource": item.node.data}
        if item.full_url
        else {"resource": item.node.data}
        for item in entries
    ]
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": listed_entries}
    return json_text.canonical(bundle).encode("ascii")


def settled(entry: Entry) -> dict[str, Any]:
    """Return a resource without what changes at each export."""
    data = dict(entry.node.data)
    if isinstance(data.get("meta"), dict):
        data["meta"] = {key: item for key, item in data["meta"].items() if key not in VOLATILE}
    return data
