"""What can go wrong with a document or its file, each with words for the person at the screen."""

from __future__ import annotations

from typing import Any

from audit.errors import NotVisible, Refused, StaleState
from records.documents.faults import (
    DocumentError,
    FileEmpty,
    FileEncrypted,
    FileHasNoPages,
    FileHasPixelFlood,
    FileIsDicom,
    FileIsDynamicForm,
    FileIsTwoKinds,
    FileKindUnknown,
    FileNeedsTooMuchMemory,
    FileNotAsClaimed,
    FileRefused,
    FileTakesTooLong,
    FileTooLarge,
    FileTooManyPages,
    FileTruncated,
    FileUnreadable,
    PageNotInFile,
    SandboxUnavailable,
    VaultDamaged,
    VaultError,
    VaultKeyRefused,
    VaultMissing,
    VaultUnavailable,
)

__all__ = [
    "DocumentChangedMeanwhile",
    "DocumentError",
    "FileEmpty",
    "FileEncrypted",
    "FileHasNoPages",
    "FileHasPixelFlood",
    "FileIsDicom",
    "FileIsDynamicForm",
    "FileIsTwoKinds",
    "FileKindUnknown",
    "FileNeedsTooMuchMemory",
    "FileNotAsClaimed",
    "FileRefused",
    "FileTakesTooLong",
    "FileTooLarge",
    "FileTooManyPages",
    "FileTruncated",
    "FileUnreadable",
    "FilingRefused",
    "PageNotInFile",
    "SameFileFiled",
    "SandboxUnavailable",
    "UnfiledChangedMeanwhile",
    "VaultDamaged",
    "VaultError",
    "VaultKeyRefused",
    "VaultMissing",
    "VaultUnavailable",
]


class FilingRefused(Refused):
    """What was said of a document cannot be; `field` says where."""

    reason = "FILING_REFUSED"

    def __init__(self, field: str, message: str, **facts: Any) -> None:
        super().__init__(message, **facts)
        self.field = field
        self.document: Any = None


class SameFileFiled(FilingRefused):
    """The chart holds this very file already, as `document`."""

    reason = "SAME_FILE_FILED"

    def __init__(self, document: Any) -> None:
        super().__init__("file", "This very file lies in this chart already.")
        self.document = document


class DocumentChangedMeanwhile(StaleState):
    """Somebody changed the document after this page was opened."""

    message = "Somebody changed this document while your page was open. Look at it again."
    reason = "DOCUMENT_STALE"


class UnfiledChangedMeanwhile(StaleState):
    """Somebody filed or discarded the file after this page was opened."""

    message = "Somebody has filed or discarded this file in the meantime."
    reason = "UNFILED_STALE"


class DocumentUnknown(NotVisible):
    """There is no such document, version or page, or the reader may not know of it."""

    message = "There is no such document."
    reason = "DOCUMENT_UNKNOWN"


class UnfiledUnknown(NotVisible):
    """There is no such file, or it waits in a unit that is not the reader's."""

    message = "There is no such file."
    reason = "UNFILED_UNKNOWN"


class VaultForeign(Exception):
    """The database knows too little of what the vault holds: they may not belong together."""
