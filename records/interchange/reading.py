"""Reads any file that another system sent: bytes in, plain values out, nothing written."""

from __future__ import annotations

import hashlib

from records.interchange import kinds
from records.interchange.enums import FileKind, Reason
from records.interchange.errors import FhirUnreadable, InterchangeError
from records.interchange.fhir.reading import read_fhir
from records.interchange.values import AttachmentValue, ReadResult, Rejection, sealed

PICTURES = {
    FileKind.PDF: "application/pdf",
    FileKind.TIFF: "image/tiff",
    FileKind.JPEG: "image/jpeg",
    FileKind.PNG: "image/png",
}


def read(data: bytes, name: str) -> ReadResult:
    """Return what `data` holds; never raises for what is in it.

    A file that cannot be read at all gives a result with one rejection, whose path is empty.
    """
    kind = FileKind.UNKNOWN
    try:
        data = kinds.unpacked(data)
        kind = kinds.by_signature(data) or FileKind.FHIR_RESOURCE
        if kind == FileKind.FHIR_RESOURCE:
            return read_fhir(decoded(data), name)
        if kind in PICTURES:
            return picture(data, name, kind)
        raise kinds.refusal(kind)
    except InterchangeError as error:
        told = FileKind.UNKNOWN if kind == FileKind.FHIR_RESOURCE else kind
        rejection = Rejection(error.path, error.message, error.reason)
        return ReadResult(name=name, kind=told, rejected=(rejection,))


def decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise FhirUnreadable("The text is not UTF-8.", Reason.BAD_JSON) from error


def picture(data: bytes, name: str, kind: FileKind) -> ReadResult:
    """Return a file of pages, which names no patient."""
    value = sealed(
        AttachmentValue(
            source_key=f"File|sha256:{hashlib.sha256(data).hexdigest()}",
            title=name,
            type="",
            media_type=PICTURES[kind],
            kind=kind,
            content=data,
            created=None,
            author="",
            status="",
            encounter=None,
        )
    )
    return ReadResult(name=name, kind=kind, unassigned=(value,))
