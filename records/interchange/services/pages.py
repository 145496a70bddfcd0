"""Pages of what a source sent: as it came, or set readable with the source beside."""

from __future__ import annotations

import gzip
from typing import Any

from records.documents.services.storing import Upload
from records.interchange import narrative
from records.interchange.enums import FileKind, Reason
from records.interchange.rules import texts
from records.interchange.rules.visits import clipped
from records.interchange.services.orders import Chart, Order, PartRejected
from records.interchange.values import AttachmentValue, ClinicalDocumentValue

ENDINGS = {
    FileKind.PDF: ".pdf",
    FileKind.TIFF: ".tif",
    FileKind.JPEG: ".jpg",
    FileKind.PNG: ".png",
}


def made(
    order: Order, value: ClinicalDocumentValue | AttachmentValue, chart: Chart
) -> tuple[Upload, bytes]:
    """Return the pages of a document, and the source to keep beside them.

    Raises:
        PartRejected: an attached file is of a kind that has no pages.
        PrintingError: the content cannot be set.
    """
    if isinstance(value, AttachmentValue):
        if value.kind in ENDINGS:
            return Upload(value.content, file_name(value.title, value.kind)), b""
        words = texts.words_of(value.content, value.media_type)
        if not words:
            named = value.media_type or "unknown"
            raise PartRejected(
                f"A file of this kind ({clipped(named, 60)}) cannot be shown as pages.",
                Reason.NO_PAGES,
            )
        value = texts.as_document(value, words)
    house: dict[str, Any] = {"facility": order.unit.facility.name, "facility_lines": []}
    content = narrative.to_pdf(value, house=house, patient=chart.line)
    return Upload(content, "document.pdf", "application/pdf"), value.source_json


def file_name(name: str, kind: FileKind) -> str:
    """Return a name that ends as the content is: what a file is called proves nothing."""
    bare = name.removesuffix(".gz")
    ending = ENDINGS[kind]
    endings = {FileKind.TIFF: (".tif", ".tiff"), FileKind.JPEG: (".jpg", ".jpeg")}
    fits = bare.lower().endswith(endings.get(kind, (ending,)))
    return bare[-200:] if fits else f"{bare[-190:]}{ending}"


def packed(source: bytes) -> bytes:
    """Return the source compressed, the same bytes for the same source."""
    return gzip.compress(source, compresslevel=6, mtime=0)
