"""The directory line of one patient, for pages of this room; the room of patients knows it.

Access works on ids. Where a person must see whom an act is about before they do it (breaking the
glass, a right on one chart), the line is asked for here, and the page writes an event first.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Protocol


class DirectoryLine(Protocol):
    """What the directory shows of a patient: who it is, not what is in the chart."""

    @property
    def family(self) -> str:
        """Family name."""

    @property
    def given(self) -> str:
        """Given name."""

    @property
    def birth_on(self) -> date | None:
        """Birth date, if known."""

    @property
    def mrn(self) -> str:
        """Record number in force."""

    @property
    def unit_name(self) -> str:
        """The unit that keeps the chart."""

    @property
    def is_unit_telling(self) -> bool:
        """Whether the unit's name alone tells of protected care."""


_providers: list[Callable[[int], DirectoryLine | None]] = []


def register(provider: Callable[[int], DirectoryLine | None]) -> None:
    """Let `provider` return a patient's line, or None where there is no such patient."""
    _providers[:] = [provider]


def get_line(patient_id: int) -> DirectoryLine | None:
    """Return the directory line of a patient, one query."""
    return _providers[0](patient_id) if _providers else None
