"""Tells what a file is by its content; names and claimed media types are not believed."""

from __future__ import annotations

import gzip
import io
import json
import re
import zlib

from records.interchange.enums import FileKind, Reason
from records.interchange.errors import KindNotRead

LARGEST = 256 * 1024 * 1024  # bytes once unpacked
GZIP = b"\x1f\x8b"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
BLANKS = b" \t\r\n"
DICOM_AT = 128
PDF_WITHIN = 1024
HEAD = 65536
SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", FileKind.PNG),
    (b"\xff\xd8\xff", FileKind.JPEG),
    (b"II*\x00", FileKind.TIFF),
    (b"MM\x00*", FileKind.TIFF),
    (b"II+\x00", FileKind.TIFF),
    (b"MM\x00+", FileKind.TIFF),
)
HL7V2_STARTS = (b"MSH", b"FHS", b"BHS")
CCDA = re.compile(rb"<(?:\w+:)?ClinicalDocument[\s>]")
FHIR_XML = re.compile(rb"""<\w+[^<>]*\sxmlns=["']http://hl7\.org/fhir["']""")
RESOURCE_TYPE = re.compile(r"[A-Z][A-Za-z]{1,63}\Z")
UNKNOWN = (
    "This is no kind of file that is taken in: FHIR R4 as JSON or NDJSON (also gzip), PDF, TIFF, "
    "JPEG or PNG."
)
COMES_LATER = (FileKind.HL7V2, FileKind.CCDA, FileKind.DICOM, FileKind.FHIR_XML)


def unpacked(data: bytes) -> bytes:
    """Return `data`, decompressed where it is gzip, without a byte order mark.

    Raises:
        KindNotRead: it is empty, damaged, or too large.
    """
    if data.startswith(GZIP):
        data = decompressed(data)
    if len(data) > LARGEST:
        raise too_large()
    data = data.removeprefix(BYTE_ORDER_MARK)
    if not data.strip(BLANKS):
        raise KindNotRead("The file is empty.", Reason.EMPTY)
    return data


def decompressed(data: bytes) -> bytes:
    """Return what gzip `data` holds, never more than the limit and one byte."""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            found = stream.read(LARGEST + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise KindNotRead("The compressed file is damaged.", Reason.BAD_GZIP) from error
    if len(found) > LARGEST:
        raise too_large()
    return found


def too_large() -> KindNotRead:
    size = LARGEST // 1024 // 1024
    return KindNotRead(f"The file holds more than {size} MB; split it.", Reason.TOO_LARGE)


def sniff(data: bytes) -> FileKind:
    """Return what `data`, as received, is; gzip is looked into."""
    try:
        data = unpacked(data)
    except KindNotRead:
        return FileKind.UNKNOWN
    kind = by_signature(data)
    return json_kind(data) if kind is None else kind


def by_signature(data: bytes) -> FileKind | None:
    """Return the kind of unpacked `data`, or None where it may be JSON."""
    # Before its own mark DICOM leaves room in which the head of any other kind may stand.
    if data[DICOM_AT : DICOM_AT + 4] == b"DICM":
        return FileKind.DICOM
    for signature, kind in SIGNATURES:
        if data.startswith(signature):
            return kind
    if b"%PDF-" in data[:PDF_WITHIN]:
        return FileKind.PDF
    start = data[:HEAD].lstrip(BLANKS + b"\x0b")
    if start.startswith(HL7V2_STARTS):
        return FileKind.HL7V2
    if start.startswith(b"<"):
        return xml_kind(data[:HEAD])
    return None if start.startswith((b"{", b"[")) else FileKind.UNKNOWN


def xml_kind(head: bytes) -> FileKind:
    if CCDA.search(head):
        return FileKind.CCDA
    return FileKind.FHIR_XML if FHIR_XML.search(head) else FileKind.UNKNOWN


def json_kind(data: bytes) -> FileKind:
    """Return which kind of FHIR unpacked JSON `data` begins with."""
    try:
        text = data.decode("utf-8").lstrip()
        first, end = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return FileKind.UNKNOWN
    return kind_of_first(first, is_followed=bool(text[end:].strip()))


def kind_of_first(first: object, *, is_followed: bool) -> FileKind:
    """Return the kind of a file whose first JSON value is `first`."""
    name = first.get("resourceType") if isinstance(first, dict) else None
    if not isinstance(name, str) or not RESOURCE_TYPE.match(name):
        return FileKind.UNKNOWN
    if is_followed:
        return FileKind.FHIR_NDJSON
    return FileKind.FHIR_BUNDLE if name == "Bundle" else FileKind.FHIR_RESOURCE


def refusal(kind: FileKind) -> KindNotRead:
    """Return why a file of `kind` is not taken."""
    if kind in COMES_LATER:
        return KindNotRead(f"{kind.label}: reading this comes later.", Reason.NOT_YET)
    return KindNotRead(UNKNOWN, Reason.UNKNOWN_KIND)
