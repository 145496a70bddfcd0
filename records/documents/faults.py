"""What can be wrong with a document's file, each with words for the person at the screen.

Apart from `errors`, which re-exports them, because the sandboxed child imports them without
Django.
"""

from __future__ import annotations

import re
from typing import ClassVar


class DocumentError(Exception):
    """A document's file cannot be taken, shown, kept or read; `message` is fit for the screen."""

    message: ClassVar[str] = "The file could not be handled."

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or self.message)
        self.detail = detail

    @property
    def code(self) -> str:
        """Return what events and answers name the error by: `FILE_ENCRYPTED`."""
        return "_".join(re.findall("[A-Z][a-z]+", type(self).__name__)).upper()


class FileRefused(DocumentError):
    """The file itself is the reason; sending the same bytes again ends the same way."""

    message = "The file was refused."


class FileEmpty(FileRefused):
    message = "The file is empty. Scan or save it again."


class FileTooLarge(FileRefused):
    message = "The file is larger than this system takes. Split it and add the parts."


class FileTooManyPages(FileRefused):
    message = "The file has more pages than this system takes. Split it and add the parts."


class FileHasNoPages(FileRefused):
    message = "The file has no pages."


class FileKindUnknown(FileRefused):
    message = "Only PDF, TIFF, JPEG and PNG files can be filed. Save it as PDF and add that."


class FileIsDicom(FileRefused):
    message = (
        "DICOM files are not taken: images belong in the picture archive. "
        "Save the report or the page as PDF and add that."
    )


class FileNotAsClaimed(FileRefused):
    message = (
        "The file's content is not what its name says. Check that it is the right file, "
        "and save it again with the right ending."
    )


class FileIsTwoKinds(FileRefused):
    message = "The file can be read as two different kinds of file, which is unsafe to keep."


class FileTruncated(FileRefused):
    message = "The file ends too early: part of it is missing. Scan or send it again."


class FileUnreadable(FileRefused):
    message = "The file is damaged and cannot be opened. Scan or send it again."


class FileEncrypted(FileRefused):
    message = "The file needs a password to open. Ask for a copy without one, or print it to PDF."


class FileIsDynamicForm(FileRefused):
    message = (
        "The pages of this form are drawn only by the program that made it. "
        "Print it to PDF there and add that."
    )


class FileHasPixelFlood(FileRefused):
    message = "The file holds a picture too large to be a page. Scan it at a lower resolution."


class FileNeedsTooMuchMemory(FileRefused):
    message = "The file needs more memory than a page may. Scan it at a lower resolution."


class FileTakesTooLong(FileRefused):
    message = "Opening the file took too long, so it was stopped. Split it and add the parts."


class PageNotInFile(FileRefused):
    message = "The file has no page of that number."


class SandboxUnavailable(DocumentError):
    """No reading process could be started, or none came free; nothing is wrong with the file."""

    message = "Files cannot be opened just now. Try again in a minute."


class VaultError(DocumentError):
    """The vault's fault, not the file's."""

    message = "The document store has a problem. Tell your administrator."


class VaultUnavailable(VaultError):
    message = "The document store cannot be reached or is full. Nothing was kept. Try again later."


class VaultMissing(VaultError):
    message = "The document's file is missing from the store. Tell your administrator."


class VaultDamaged(VaultError):
    message = (
        "The document's file was altered or is damaged, so it is not shown. "
        "Tell your administrator, who can restore it."
    )


class VaultKeyRefused(VaultError):
    """The wrapped key does not open: wrong key-encryption keyset, wrong document, or altered."""

    message = "The document's key does not open it, so it is not shown. Tell your administrator."
