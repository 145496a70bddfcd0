"""Puts any FHIR value into words, for readers that print what has no field of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from html.parser import HTMLParser

from records.interchange.fhir import parts
from records.interchange.fhir.bundle import Entry
from records.interchange.fhir.names import Names
from records.interchange.fhir.node import Node

Words = Callable[[Node, str], str]
HIDDEN = frozenset(
    {"resourceType", "id", "meta", "text", "contained", "implicitRules", "language", "data"}
)
ABOUT = frozenset({"subject", "patient", "encounter"})
CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
BLANKS = re.compile(r"[ \t\r\n\xa0]+")
MOST_FACTS = 400
BREAKING = frozenset({"p", "div", "br", "tr", "li", "h1", "h2", "h3", "h4", "h5", "table", "ul"})
CELLS = frozenset({"td", "th"})


def yes_no(node: Node, key: str) -> str:
    return {True: "yes", False: "no", None: ""}[node.flag(key)]


def plain_number(node: Node, key: str) -> str:
    value = node.number(key)
    return "" if value is None else parts.figure(value)


VARIANTS: dict[str, Words] = {
    "DateTime": lambda node, key: parts.when(node.moment(key)),
    "Date": lambda node, key: parts.when(node.moment(key)),
    "Instant": lambda node, key: parts.when(node.moment(key)),
    "Period": lambda node, key: parts.span(node.period(key)),
    "Quantity": lambda node, key: parts.quantity(node.node(key)),
    "Age": lambda node, key: parts.quantity(node.node(key)),
    "Duration": lambda node, key: parts.quantity(node.node(key)),
    "Range": lambda node, key: parts.between(node.node(key)),
    "Ratio": lambda node, key: parts.ratio(node.node(key)),
    "CodeableConcept": lambda node, key: parts.concept(node.node(key)),
    "Coding": lambda node, key: coding(node.node(key)),
    "Boolean": yes_no,
    "Integer": plain_number,
    "Decimal": plain_number,
    "PositiveInt": plain_number,
    "UnsignedInt": plain_number,
    "SampledData": lambda node, key: "a recorded curve, kept in the source",
    "Attachment": lambda node, key: attachment(node.node(key)),
    "Timing": lambda node, key: timing(node.node(key)),
    "Reference": lambda node, key: node.node(key).text("display"),
}


def variant(node: Node, stem: str) -> str:
    """Return the choice `stem[x]` in words."""
    key = node.variant(stem)
    if not key:
        return ""
    words = VARIANTS.get(key[len(stem) :])
    if words is not None:
        return words(node, key)
    return node.text(key) if isinstance(node.data[key], str) else ""


def coding(node: Node) -> str:
    return node.text("display") or node.text("code")


def attachment(node: Node) -> str:
    title = node.text("title") or node.text("contentType") or "a file"
    return f"{title} (attached)" if node.has("data") else f"{title} {node.text('url')}".strip()


def timing(node: Node) -> str:
    """Return a Timing: its words, or how often."""
    said = parts.concept(node.node("code"))
    repeat = node.node("repeat")
    if said or not repeat:
        return said
    times = repeat.whole("frequency")
    every, span_unit = plain_number(repeat, "period"), repeat.text("periodUnit")
    words = f"{times} time{'' if times == 1 else 's'}" if times is not None else ""
    return f"{words} every {every} {span_unit}".strip() if every else words


def facts(node: Node, entry: Entry, names: Names) -> tuple[tuple[str, str], ...]:
    """Return all that a resource says, as labels and values, in its own order."""
    found = [(label, words) for label, words in walk(node, "", entry, names) if words]
    if len(found) > MOST_FACTS:
        left = len(found) - MOST_FACTS
        found = [*found[:MOST_FACTS], ("More", f"{left} values more are in the source")]
    if not found:
        found = [("Text", xhtml(node.node("text").text("div")))]
    return tuple(found)


def walk(node: Node, prefix: str, entry: Entry, names: Names) -> Iterator[tuple[str, str]]:
    for key, value in node.data.items():
        if key in HIDDEN or key.startswith("_") or (not prefix and key in ABOUT):
            continue
        label = f"{prefix}{', ' if prefix else ''}{said(key)}"
        many = node.one_or_many(key) if is_objects(value) else []
        for number, item in enumerate(many, start=1):
            words = of_object(item, entry, names)
            if words is None:
                numbered = f"{label} {number}" if len(many) > 1 else label
                yield from walk(item, numbered, entry, names)
            elif key == "extension":
                yield label_of_extension(item, prefix), words
            else:
                yield label, words
        if not is_objects(value):
            yield label, scalar(node, key)


def is_objects(value: object) -> bool:
    return isinstance(value, dict) or (
        isinstance(value, list) and any(isinstance(item, dict) for item in value)
    )


def scalar(node: Node, key: str) -> str:
    value = node.data[key]
    if isinstance(value, list):
        return "; ".join(
            node.checked_text(item, key) if isinstance(item, str) else str(item)
            for item in value
            if item is not None
        )
    if isinstance(value, bool):
        return yes_no(node, key)
    if isinstance(value, int | Decimal):
        return plain_number(node, key)
    return node.text(key)


def of_object(node: Node, entry: Entry, names: Names) -> str | None:
    """Return a small object in words, or None where it has parts to be listed on their own."""
    keys = node.data.keys() - {"id"}
    if "coding" in keys:
        return parts.concept(node)
    if isinstance(node.data.get("reference"), str) or keys == {"display"}:
        return names.of(node, entry)
    if "code" in keys and keys <= {"system", "version", "code", "display", "userSelected"}:
        return coding(node)
    if keys <= {"start", "end"}:
        return parts.span(parts.Period(node.moment("start"), node.moment("end")))
    if "value" in keys and keys <= {"value", "unit", "system", "code", "comparator"}:
        return quantity_or_identifier(node)
    if "value" in keys and keys <= {"use", "type", "system", "value", "period", "assigner"}:
        return node.text("value")
    if {"contentType", "data"} <= keys or ("url" in keys and "contentType" in keys):
        return attachment(node)
    if "url" in keys and node.variant("value"):
        return variant(node, "value")
    return node.text("text") if keys == {"text"} else None


def quantity_or_identifier(node: Node) -> str:
    return node.text("value") if isinstance(node.data["value"], str) else parts.quantity(node)


def label_of_extension(node: Node, prefix: str) -> str:
    tail = node.text("url").rstrip("/").rpartition("/")[2]
    return f"{prefix}{', ' if prefix else ''}{said(tail.replace('-', ' '))}"


def said(key: str) -> str:
    """Return a field's name as words: `payloadContent` becomes `Payload content`."""
    words = CAMEL.sub(" ", key).strip().lower()
    return words[:1].upper() + words[1:]


class Stripper(HTMLParser):
    """Takes the text out of XHTML, with a line for each block and a bar between cells."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[list[str]] = [[]]

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in BREAKING:
            self.lines.append([])
        elif tag in CELLS and self.lines[-1]:
            self.lines[-1].append(" | ")

    def handle_endtag(self, tag: str) -> None:
        if tag in BREAKING:
            self.lines.append([])

    def handle_data(self, data: str) -> None:
        self.lines[-1].append(data)


def xhtml(text: str) -> str:
    """Return the text of a narrative; nothing of its markup, styles or links is kept."""
    stripper = Stripper()
    stripper.feed(text)
    stripper.close()
    lines = (BLANKS.sub(" ", "".join(line)).strip(" |") for line in stripper.lines)
    return "\n".join(line for line in lines if line)
