"""Reads set pages back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pypdfium2


def pages(pdf: bytes) -> list[str]:
    """Return the text of each page, as PDFium extracts it."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page_text(document, number) for number in range(len(document))]
    finally:
        document.close()


def page_text(document: pypdfium2.PdfDocument, number: int) -> str:
    page = document[number]
    text_page = page.get_textpage()
    text = text_page.get_text_range()
    text_page.close()
    page.close()
    return text


def squeezed(text: str) -> str:
    """Return `text` without blanks, break points and hyphens that PDFium makes at line ends."""
    return re.sub("[\\s\u200b\u00ad\ufffe\u0002]", "", text)


def whole(pdf: bytes) -> str:
    return squeezed("".join(pages(pdf)))


def leaves(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text of nested values with the key that holds it."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from leaves(item, name)
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item, key)
    elif isinstance(value, str):
        yield key, value
