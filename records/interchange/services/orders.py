"""What is asked of an import, and what comes of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from accounts.models import User
from records.access.models import CustodyUnit
from records.interchange.enums import Reason
from records.interchange.models import ImportRun


@dataclass(frozen=True)
class Order:
    """An import as it was ordered.

    `feed` keeps the numbers of different senders apart; `own_system` is the address under which
    a sender names this house's own record numbers; `patient_id` is the chart into which loose
    files go at once.
    """

    actor: User
    unit: CustodyUnit
    run: ImportRun
    feed: str
    own_system: str = ""
    patient_id: int | None = None


@dataclass(frozen=True)
class Chart:
    """The chart that a part of a file goes into."""

    patient_id: int
    unit_id: int
    born_on: date | None
    line: dict[str, str]  # how its pages name the patient


@dataclass(frozen=True)
class Rejected:
    """Something of a file that was not taken: where, why in words, and the code of why."""

    file: str
    message: str
    reason: str
    path: str = ""
    is_recorded: bool = False  # its event was written with the rows of its part


@dataclass
class Taken:
    """What was written for one part of a file."""

    patients: int = 0
    encounters: int = 0
    documents: int = 0
    unfiled: int = 0
    others: int = 0  # practitioners, organizations, numbers
    unchanged: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    left: Counter[str] = field(default_factory=Counter)

    @property
    def written(self) -> int:
        """How many things are new or changed."""
        return self.patients + self.encounters + self.documents + self.unfiled + self.others

    def add(self, other: Taken) -> None:
        """Add what another part brought."""
        for name in ("patients", "encounters", "documents", "unfiled", "others", "unchanged"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.rejected += other.rejected
        self.left += other.left


class PartRejected(Exception):
    """A part of a file cannot be taken; what else the file holds can."""

    def __init__(self, message: str, reason: Reason | str, path: str = "") -> None:
        super().__init__(message)
        self.message, self.reason, self.path = message, str(reason), path


@dataclass
class Summary:
    """What a run brought: files by what became of them, and rows."""

    read: int = 0
    imported: int = 0
    unchanged: int = 0
    without: int = 0  # nothing in them belongs in a chart
    by_kind: Counter[str] = field(default_factory=Counter)
    rejected: list[Rejected] = field(default_factory=list)
    taken: Taken = field(default_factory=Taken)

    def as_json(self) -> dict[str, Any]:
        """Return the figures as machines read them."""
        return {
            "read": self.read,
            "imported": self.imported,
            "unchanged": self.unchanged,
            "without": self.without,
            "rejected": [
                {"file": item.file, "message": told(item), "reason": item.reason}
                for item in self.rejected
            ],
            "by_kind": dict(sorted(self.by_kind.items())),
            "patients": self.taken.patients,
            "encounters": self.taken.encounters,
            "documents": self.taken.documents,
            "unfiled": self.taken.unfiled,
            "left": dict(sorted(self.taken.left.items())),
        }


def told(item: Rejected) -> str:
    """Return a rejection in one line, with its place in the file."""
    return f"{item.path}: {item.message}" if item.path else item.message
