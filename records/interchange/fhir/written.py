"""Reads resources that are running text or questions: compositions, plans, questionnaires."""

from __future__ import annotations

from records.interchange.fhir import parts, wording
from records.interchange.fhir.bundle import Entry
from records.interchange.fhir.names import Names
from records.interchange.fhir.node import Node
from records.interchange.values import Block, Bullets, Facts, Paragraph, Subheading


def composition(entry: Entry, names: Names) -> list[Block]:
    """Return a Composition: title, authors, and the text of its sections.

    Raises:
        FhirUnreadable: a part has a wrong shape.
    """
    node = entry.node
    authors = [names.of(item, entry) for item in node.nodes("author")]
    rows = (
        ("Type", parts.concept(node.node("type"))),
        ("Date", parts.when(node.moment("date"))),
        ("Status", node.text("status")),
        ("Author", "; ".join(word for word in authors if word)),
    )
    title = node.text("title") or "Document"
    blocks: list[Block] = [Subheading(title), Facts(tuple(pair for pair in rows if pair[1]))]
    for section in node.nodes("section"):
        blocks += section_blocks(section, entry, names)
    return blocks


def section_blocks(node: Node, entry: Entry, names: Names) -> list[Block]:
    title = node.text("title") or parts.concept(node.node("code"))
    blocks: list[Block] = [Subheading(title)] if title else []
    text = wording.xhtml(node.node("text").text("div"))
    named = tuple(word for word in (names.of(item, entry) for item in node.nodes("entry")) if word)
    if text:
        blocks.append(Paragraph(text))
    elif named:
        blocks.append(Bullets(named))
    else:
        blocks.append(Paragraph(parts.concept(node.node("emptyReason")) or "Empty."))
    for inner in node.nodes("section"):
        blocks += section_blocks(inner, entry, names)
    return blocks


def care_plan(entry: Entry, names: Names) -> list[Block]:
    """Return a CarePlan: what it is for, and what is to be done.

    Raises:
        FhirUnreadable: a part has a wrong shape.
    """
    node = entry.node
    addressed = [names.of(item, entry) for item in node.nodes("addresses")]
    goals = [names.of(item, entry) for item in node.nodes("goal")]
    title = node.text("title") or parts.concepts(node.nodes("category")) or "Care plan"
    rows = (
        ("Status", ", ".join(word for word in (node.text("status"), node.text("intent")) if word)),
        ("Period", parts.span(node.period("period"))),
        ("For", "; ".join(dict.fromkeys(word for word in addressed if word))),
        ("Goals", "; ".join(dict.fromkeys(word for word in goals if word))),
        ("Description", node.text("description")),
        ("Note", "; ".join(item.text("text") for item in node.nodes("note"))),
    )
    acts = tuple(
        word for word in (activity(item, entry, names) for item in node.nodes("activity")) if word
    )
    blocks: list[Block] = [Subheading(title), Facts(tuple(pair for pair in rows if pair[1]))]
    return [*blocks, Bullets(acts)] if acts else blocks


def activity(node: Node, entry: Entry, names: Names) -> str:
    detail = node.node("detail")
    what = parts.concept(detail.node("code")) or detail.text("description")
    what = what or (names.of(node.node("reference"), entry) if node.has("reference") else "")
    state = detail.text("status")
    return f"{what} ({state})" if what and state else what


def questionnaire(entry: Entry, names: Names) -> list[Block]:
    """Return a QuestionnaireResponse: questions and answers.

    Raises:
        FhirUnreadable: a part has a wrong shape.
    """
    node = entry.node
    about = [node.text("questionnaire"), parts.when(node.moment("authored")), node.text("status")]
    blocks: list[Block] = [
        Subheading("Questionnaire"),
        Paragraph(" · ".join(word for word in about if word)),
    ]
    for item in node.nodes("item"):
        blocks += question(item)
    return blocks


def question(node: Node) -> list[Block]:
    title = node.text("text") or node.text("linkId")
    answers = [answer(item) for item in node.nodes("answer")]
    inner = node.nodes("item") + [
        deep for item in node.nodes("answer") for deep in item.nodes("item")
    ]
    blocks: list[Block] = []
    if answers:
        blocks.append(Facts(((title, "; ".join(answers)),)))
    elif node.text("text"):
        blocks.append(Subheading(title))
    for item in inner:
        blocks += question(item)
    return joined(blocks)


def answer(node: Node) -> str:
    return wording.variant(node, "value") or "no answer"


def joined(blocks: list[Block]) -> list[Block]:
    """Return the blocks with facts that follow each other as one list of facts."""
    found: list[Block] = []
    for block in blocks:
        last = found[-1] if found else None
        if isinstance(block, Facts) and isinstance(last, Facts):
            found[-1] = Facts(last.rows + block.rows)
        else:
            found.append(block)
    return found


def other(entry: Entry, names: Names) -> list[Block]:
    """Return any resource: all that it says, field by field.

    Raises:
        FhirUnreadable: a part has a wrong shape.
    """
    return [Subheading(wording.said(entry.type)), Facts(wording.facts(entry.node, entry, names))]
