"""Turns a clinical document into a printed page, and into text for searching."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import printing
from records.interchange.values import (
    Block,
    Bullets,
    ClinicalDocumentValue,
    Column,
    Facts,
    Paragraph,
    Subheading,
    Table,
)

ORIGIN = "Made readable from the FHIR R4 source, which is kept beside this document."
TWO_COLUMNS_UP_TO = 60
LABEL_UP_TO = 20


def to_values(
    document: ClinicalDocumentValue, *, house: Mapping[str, Any], patient: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the values for printing's `clinical_document`."""
    values: dict[str, Any] = {
        "house": dict(house),
        "title": document.title,
        "patient": dict(patient),
        "facts": fact_rows(document.facts),
        "sections": [
            {
                "heading": section.heading,
                "blocks": [block_values(block) for block in section.blocks],
            }
            for section in document.sections
        ],
        "notes": [ORIGIN, *document.notes],
    }
    if document.labels:
        values["subtitle"] = f"Marked by its source: {', '.join(document.labels)}"
    return values


def to_pdf(
    document: ClinicalDocumentValue, *, house: Mapping[str, Any], patient: Mapping[str, Any]
) -> bytes:
    """Return the document as PDF; the same bytes for the same document, house and patient."""
    return printing.typeset("clinical_document", to_values(document, house=house, patient=patient))


def to_text(document: ClinicalDocumentValue) -> str:
    """Return the document's words, a line for each row, for full-text search."""
    lines = [document.title, *(f"{label}: {value}" for label, value in document.facts)]
    for section in document.sections:
        lines.append(section.heading)
        for block in section.blocks:
            lines.extend(block_lines(block))
    return "\n".join(line for line in lines if line)


def fact_rows(rows: tuple[tuple[str, str], ...]) -> list[dict[str, str]]:
    return [{"label": label, "value": value} for label, value in rows]


def block_values(block: Block) -> dict[str, Any]:
    match block:
        case Paragraph():
            return {"kind": "PARAGRAPH", "text": block.text}
        case Subheading():
            return {"kind": "HEADING", "text": block.text}
        case Bullets():
            return {"kind": "LIST", "items": list(block.items)}
        case Facts():
            is_short = all(
                len(label) <= LABEL_UP_TO and len(value) <= TWO_COLUMNS_UP_TO
                for label, value in block.rows
            )
            columns = 2 if is_short and len(block.rows) > 1 else 1
            return {"kind": "FACTS", "facts": fact_rows(block.rows), "columns": columns}
        case Table():
            return {
                "kind": "TABLE",
                "columns": [column_values(column) for column in block.columns],
                "rows": [list(row) for row in block.rows],
            }


def column_values(column: Column) -> dict[str, Any]:
    align = "RIGHT" if column.is_number else "LEFT"
    return {"label": column.label, "align": align, "weight": column.weight}


def block_lines(block: Block) -> list[str]:
    match block:
        case Paragraph() | Subheading():
            return [block.text]
        case Bullets():
            return list(block.items)
        case Facts():
            return [f"{label}: {value}" for label, value in block.rows]
        case Table():
            return [" ".join(cell for cell in row if cell) for row in block.rows]
