"""What can be wrong with what another system sent."""

from __future__ import annotations

from audit.errors import NotVisible
from records.interchange.enums import Reason


class InterchangeError(Exception):
    """Something received cannot be read; the message is fit for a screen."""

    def __init__(self, message: str, reason: Reason, path: str = "") -> None:
        super().__init__(message)
        self.message, self.reason, self.path = message, reason, path

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


class FhirUnreadable(InterchangeError):
    """A FHIR file, or the part of it at `path`, cannot be read."""


class KindNotRead(InterchangeError):
    """The file is of a kind that is not read."""


class ImportUnknown(NotVisible):
    """There is no such import, or it went into a unit that is not the reader's."""

    message = "There is no such import."
    reason = "IMPORT_UNKNOWN"
