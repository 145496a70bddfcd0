"""How a document goes from one status to the next, and who may take it there."""

from __future__ import annotations

from dataclasses import dataclass

from audit.enums import Action
from records.documents.enums import DocumentStatus
from records.documents.permissions import FILE_DOCUMENT, VOID_DOCUMENT

# The step of a destruction batch: no person may ask for it.
SYSTEM = ""


@dataclass(frozen=True)
class Move:
    """One step: its name on a button, who may take it, what the trail calls it."""

    label: str
    permission: str
    action: Action


_FILE = Move("File", FILE_DOCUMENT, Action.DOCUMENT_FILED)
_VOID = Move("Void", VOID_DOCUMENT, Action.DOCUMENT_VOIDED)
_RESTORE = Move("Restore", VOID_DOCUMENT, Action.DOCUMENT_RESTORED)
_DESTROY = Move("Destroy", SYSTEM, Action.DOCUMENT_DESTROYED)

STARTS: dict[DocumentStatus, Move] = {DocumentStatus.CURRENT: _FILE}

MOVES: dict[DocumentStatus, dict[DocumentStatus, Move]] = {
    DocumentStatus.CURRENT: {
        DocumentStatus.VOIDED: _VOID,
        DocumentStatus.DESTROYED: _DESTROY,
    },
    DocumentStatus.VOIDED: {
        DocumentStatus.CURRENT: _RESTORE,
        DocumentStatus.DESTROYED: _DESTROY,
    },
    DocumentStatus.DESTROYED: {},
}


def can_move(current: str, target: str) -> bool:
    """Tell whether the table has a step from `current` to `target`."""
    return DocumentStatus(target) in MOVES[DocumentStatus(current)]
