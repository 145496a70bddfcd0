"""Reads observations and the reports that gather them."""

from __future__ import annotations

from dataclasses import dataclass

from records.interchange.fhir import listed, parts, wording
from records.interchange.fhir.bundle import Entry
from records.interchange.fhir.names import Names
from records.interchange.fhir.node import Node
from records.interchange.values import Block, Column, Paragraph, Subheading, Table

CATEGORIES = {
    "vital-signs": "Vital signs",
    "laboratory": "Laboratory",
    "imaging": "Imaging findings",
    "exam": "Examination",
    "procedure": "Findings at procedures",
    "survey": "Questionnaires and scores",
    "social-history": "Social history",
    "therapy": "Therapy",
    "activity": "Activity",
}
OTHER = "Other observations"
COLUMNS = (
    Column("Observation", 6),
    Column("Value", 2, is_number=True),
    Column("Unit", 2),
    Column("Reference", 2),
    Column("Flag"),
    Column("When"),
    Column("Note", 3),
)
WORDED = (COLUMNS[0], Column("Value", 6), *COLUMNS[2:])  # where values are words, not figures
VALUE, WHEN = 1, 5
LONGEST_FIGURE = 16
SETTLED = frozenset({"", "final", "amended", "corrected"})
ROUNDED = "Figures are shown with six significant digits; the source holds them in full."


@dataclass(frozen=True)
class Observed:
    """An observation as rows of a table."""

    entry: Entry
    heading: str
    rows: tuple[tuple[str, ...], ...]
    is_rounded: bool


def observation(entry: Entry) -> Observed:
    """Read an Observation; each component is a row of its own.

    Raises:
        FhirUnreadable: a part has a wrong shape.
    """
    node = entry.node
    moment = wording.variant(node, "effective") or parts.when(node.moment("issued"))
    name = parts.concept(node.node("code"))
    components = node.nodes("component")
    state = node.text("status")
    remark = listed.noted(node, "" if state in SETTLED else state)
    own = row(node, name, moment, remark)
    rows = [own] if own[1] or own[2] or not components else [(name, "", "", "", "", moment, remark)]
    rows += [row(item, f"– {parts.concept(item.node('code'))}", moment, "") for item in components]
    is_rounded = any(parts.is_shortened(item.node("valueQuantity")) for item in (node, *components))
    return Observed(entry, heading(node), tuple(rows), is_rounded)


def row(node: Node, name: str, moment: str, remark: str) -> tuple[str, ...]:
    if node.has("valueQuantity"):
        value, unit = parts.amount(node.node("valueQuantity"))
    else:
        value, unit = wording.variant(node, "value"), ""
    absent = parts.concept(node.node("dataAbsentReason"))
    flags = [parts.code_of(item) or parts.concept(item) for item in node.nodes("interpretation")]
    return (
        name,
        value or (f"none: {absent}" if absent else ""),
        unit,
        "; ".join(word for word in map(normal, node.nodes("referenceRange")) if word),
        ", ".join(word for word in flags if word),
        moment,
        remark,
    )


def normal(node: Node) -> str:
    return node.text("text") or parts.between(node)


def heading(node: Node) -> str:
    for category in node.nodes("category"):
        for coding in category.nodes("coding"):
            if coding.text("code") in CATEGORIES:
                return CATEGORIES[coding.text("code")]
    return OTHER


def table(found: list[Observed]) -> list[Block]:
    """Return observations as one table; a time that all share stands above it."""
    rows = [line for item in found for line in item.rows]
    moments = {line[WHEN] for line in rows}
    columns = WORDED if any(len(line[VALUE]) > LONGEST_FIGURE for line in rows) else COLUMNS
    if len(moments) > 1 or not rows:
        return [Table(columns, tuple(rows))]
    said = moments.pop()
    bare = tuple((*line[:WHEN], "", *line[WHEN + 1 :]) for line in rows)
    above: list[Block] = [Paragraph(said)] if said else []
    return [*above, Table(columns, bare)]


def report(entry: Entry, names: Names, found: list[Observed]) -> list[Block]:
    """Return a DiagnosticReport: its title, its results, its conclusion.

    Raises:
        FhirUnreadable: a part has a wrong shape.
    """
    node = entry.node
    state = node.text("status")
    who = [names.of(item, entry) for item in node.nodes("performer")]
    line = [
        wording.variant(node, "effective") or parts.when(node.moment("issued")),
        "" if state in SETTLED else state,
        *who,
    ]
    blocks: list[Block] = [Subheading(parts.concept(node.node("code")) or "Report")]
    said = " · ".join(word for word in line if word)
    body = table(found) if found else []
    if said and Paragraph(said) not in body:
        blocks.append(Paragraph(said))
    blocks += body
    pictures = [item.text("comment") for item in node.nodes("media")]
    closing = [node.text("conclusion"), parts.concepts(node.nodes("conclusionCode")), *pictures]
    blocks += [Paragraph(word) for word in closing if word]
    return blocks
