"""What the search finds beside patients: numbers of other things, known to the rooms above.

A room registers how it looks up one of its numbers; the page that searches asks the rooms for
whose things the person has the permission.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from accounts.models import User


@dataclass(frozen=True)
class Hit:
    """Something found by its number: what it is, what is to be known of it, where it is worked.

    `patient_id` is set where the line shows a patient, so that the event of the page names them.
    """

    label: str
    note: str
    url: str
    patient_id: int | None = None


@dataclass(frozen=True)
class Finder:
    """Looks up a number in one room, among what this person may see there."""

    name: str
    permission: str
    find: Callable[[User, str], list[Hit]]


_finders: dict[str, Finder] = {}


def register(finder: Finder) -> None:
    """Ask `finder` in every search of those who hold its permission."""
    _finders[finder.name] = finder


def find_all(user: User, text: str) -> list[Hit]:
    """Return what the rooms know under this number, in the order of their names."""
    asked = [finder for _, finder in sorted(_finders.items()) if user.has_perm(finder.permission)]
    return [hit for finder in asked for hit in finder.find(user, text)]
