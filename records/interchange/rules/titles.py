"""Titles of imported documents, as people read them: without what is meant for machines."""

from __future__ import annotations

import re

# The semantic tags by which SNOMED CT ends a fully specified name.
TAGS = (
    "administrative concept",
    "assessment scale",
    "attribute",
    "body structure",
    "cell",
    "clinical drug",
    "disorder",
    "environment",
    "ethnic group",
    "event",
    "finding",
    "life style",
    "medicinal product",
    "medicinal product form",
    "morphologic abnormality",
    "navigational concept",
    "observable entity",
    "occupation",
    "organism",
    "person",
    "physical force",
    "physical object",
    "procedure",
    "product",
    "qualifier value",
    "record artifact",
    "regime/therapy",
    "situation",
    "social concept",
    "specimen",
    "staging scale",
    "substance",
    "tumor staging",
)
TAG = re.compile(rf"(?<=\S)\s*\((?:{'|'.join(map(re.escape, TAGS))})\)\s*$", re.IGNORECASE)


def without_tag(text: str) -> str:
    """Return a name without the tag that ends it: `Check up (procedure)` is `Check up`.

    Other words in brackets are part of the name, and a name is never left empty.
    """
    return TAG.sub("", text)
