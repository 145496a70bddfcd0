"""Attached files that are words: made readable like any other content."""

from __future__ import annotations

from records.interchange.fhir import wording
from records.interchange.values import AttachmentValue, ClinicalDocumentValue, Paragraph, Section

PLAIN = frozenset({"text/plain", "text/markdown", "text/csv"})
MARKUP = frozenset({"text/html", "application/xhtml+xml"})
LONGEST = 2 * 1024 * 1024  # characters: some hundreds of pages


def words_of(content: bytes, media_type: str) -> str:
    """Return the words of a text file; nothing where it is none, or cannot be read as one."""
    name, _, parameters = media_type.lower().partition(";")
    if name.strip() not in PLAIN | MARKUP:
        return ""
    encoding = "latin-1" if "8859-1" in parameters else "utf-8"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        return ""
    words = wording.xhtml(text) if name.strip() in MARKUP else text
    return words.strip() if len(words) <= LONGEST and "\x00" not in words else ""


def as_document(value: AttachmentValue, words: str) -> ClinicalDocumentValue:
    """Return a document that shows the words; the file itself is its source."""
    facts = (("Kind", value.type), ("Author", value.author), ("Status", value.status))
    paragraphs = tuple(Paragraph(part) for part in words.split("\n\n") if part.strip())
    return ClinicalDocumentValue(
        source_key=value.source_key,
        title=value.title,
        encounter=value.encounter,
        on=value.created,
        facts=tuple(row for row in facts if row[1]),
        sections=(Section(value.type or "Text", paragraphs),),
        notes=(),
        labels=value.labels,
        resources=1,
        source_json=value.content,
        source_hash=value.source_hash,
    )
