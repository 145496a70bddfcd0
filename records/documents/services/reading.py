"""Bytes of documents on their way to a reader: only through an opened scope.

The view has written the event of the reading before it calls; a reading that then fails gets an
event of its own, so that the log does not claim more than was shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from audit.enums import Action, Outcome
from audit.services import events
from records.access.services.opening import ChartScope
from records.documents.enums import DocumentStatus
from records.documents.errors import DocumentError, DocumentUnknown
from records.documents.models import Document, DocumentVersion, UnfiledFile
from records.documents.pdf.pieces import Piece, Stamp
from records.documents.sandbox import operations
from records.documents.services import derived, storing
from records.documents.services.derived import Picture
from records.documents.vault import files
from records.patients.rules import mrn
from records.patients.selectors import patients

NOTICE = (
    "Confidential patient information, copied for the reader named below. "
    "Whoever holds it without a right to it must return or destroy it."
)
VOIDED = "VOIDED: this document is no part of the record in use. "


@dataclass(frozen=True)
class CopyFor:
    """Why a copy is made, as its pages say it and its event names it."""

    verb: str
    action: Action


PRINT = CopyFor("Printed", Action.DOCUMENT_PRINTED)
DOWNLOAD = CopyFor("Downloaded", Action.DOCUMENT_DOWNLOADED)


def read_version(scope: ChartScope, version: DocumentVersion) -> bytes:
    """Return the plain bytes of a version, verified to the last one.

    Raises:
        DocumentUnknown, ClassHidden: the scope does not show the document.
        VaultError: the bytes cannot be read.
    """
    _check(scope, version)
    return files.read(storing.place_of(version))


def page_image(
    scope: ChartScope, version: DocumentVersion, page: int, *, is_sharp: bool = False
) -> Picture:
    """Return the picture of a page.

    Raises:
        DocumentUnknown, ClassHidden: the scope does not show the document.
        DocumentError: the page cannot be drawn or read.
    """
    _check(scope, version)
    with _failure_noted(scope, version, Action.DOCUMENT_PAGE_VIEWED):
        return derived.page_picture(version, page, is_sharp=is_sharp)


def thumbnail(scope: ChartScope, version: DocumentVersion, page: int) -> Picture:
    """Return the picture of a page, too small to be read.

    Raises:
        As `page_image`.
    """
    _check(scope, version)
    return derived.thumbnail(version, page)


def stamped_copy(scope: ChartScope, version: DocumentVersion, copy_for: CopyFor) -> bytes:
    """Return all pages as a PDF that says on each who made the copy, and when.

    Raises:
        DocumentUnknown, ClassHidden: the scope does not show the document.
        DocumentError: a page cannot be read.
    """
    _check(scope, version)
    stamp = _stamp(scope, version, copy_for, timezone.localtime())
    pieces = [Piece(0, page) for page in range(1, version.page_count + 1)]
    with _failure_noted(scope, version, copy_for.action):
        content, _ = operations.assemble(
            [derived.source_of(version)],
            pieces,
            stamp=stamp,
            title=f"Document {version.document_id}",
        )
    return content


def unfiled_page(row: UnfiledFile, page: int, *, is_sharp: bool = False) -> Picture:
    """Return the picture of a page of a loose file that the caller has checked the right to.

    Raises:
        DocumentError: the page cannot be drawn or read.
    """
    return derived.page_picture(row, page, is_sharp=is_sharp)


def unfiled_thumbnail(row: UnfiledFile, page: int) -> Picture:
    """Return the picture of a page of a loose file, too small to be read.

    Raises:
        DocumentError: the page cannot be drawn or read.
    """
    return derived.thumbnail(row, page)


def _check(scope: ChartScope, version: DocumentVersion) -> None:
    document = version.document
    if document.patient_id != scope.patient_id or document.status == DocumentStatus.DESTROYED:
        raise DocumentUnknown(subject_type="document", subject_id=document.pk)
    scope.check_class(document.sensitivity)


def _stamp(scope: ChartScope, version: DocumentVersion, copy_for: CopyFor, now: datetime) -> Stamp:
    document = version.document
    number = mrn.display(patients.get_patient(scope).mrn)
    name = f"{scope.actor.display_name} ({scope.actor.username})"
    return Stamp(
        reference=f"MRN {number} · document {document.pk} · {_words(document, version)}",
        notice=(VOIDED if document.status == DocumentStatus.VOIDED else "") + NOTICE,
        reader=f"{copy_for.verb} by {name} on {now:%b %-d, %Y} at {now:%H:%M:%S %Z}",
    )


def _words(document: Document, version: DocumentVersion) -> str:
    is_newest = version.number == document.version_number
    return f"version {version.number}" + ("" if is_newest else ", since replaced")


@contextmanager
def _failure_noted(scope: ChartScope, version: DocumentVersion, action: Action) -> Iterator[None]:
    try:
        yield
    except DocumentError as error:
        events.record(
            action=action,
            actor=scope.actor,
            patient_id=scope.patient_id,
            basis=scope.basis,
            subject_type="document",
            subject_id=version.document_id,
            outcome=Outcome.FAILED,
            detail={"version": version.number, "code": error.code},
        )
        raise
