"""Social security numbers: which can exist, which are suspect, how one is shown (MPI-7).

Areas are random since 2011-06-25, so a number says nothing about a state.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

_WRITTEN = re.compile(r"([0-9]{3})[-\s]?([0-9]{2})[-\s]?([0-9]{4})")
# Printed on a wallet insert and in a pamphlet, then used by thousands.
_PUBLISHED = frozenset({"078051120", "219099999"})
_SUSPECT = frozenset({"123456789"} | {digit * 9 for digit in "0123456789"})


class SsnFinding(StrEnum):
    """What is to be said about a number."""

    POSSIBLE = "POSSIBLE"
    SUSPECT = "SUSPECT"
    NOT_NINE_DIGITS = "NOT_NINE_DIGITS"
    TAXPAYER_NUMBER = "TAXPAYER_NUMBER"
    AREA_NEVER_ISSUED = "AREA_NEVER_ISSUED"
    GROUP_NEVER_ISSUED = "GROUP_NEVER_ISSUED"
    SERIAL_NEVER_ISSUED = "SERIAL_NEVER_ISSUED"
    PUBLISHED = "PUBLISHED"


@dataclass(frozen=True)
class SsnCheck:
    """The digits, if there are nine, and the finding."""

    digits: str
    finding: SsnFinding

    @property
    def is_valid(self) -> bool:
        """Tell whether the number may be stored as a social security number."""
        return self.finding in (SsnFinding.POSSIBLE, SsnFinding.SUSPECT)

    @property
    def last4(self) -> str:
        """Return the four digits that screens show."""
        return self.digits[-4:]


def check(text: str) -> SsnCheck:
    """Say whether `text` can be somebody's number; a suspect one is stored but reviewed."""
    written = _WRITTEN.fullmatch(text.strip())
    if written is None:
        return SsnCheck("", SsnFinding.NOT_NINE_DIGITS)
    area, group, serial = written.groups()
    digits = area + group + serial
    return SsnCheck(digits, _finding(digits, area, group, serial))


def _finding(digits: str, area: str, group: str, serial: str) -> SsnFinding:
    if digits in _PUBLISHED:
        return SsnFinding.PUBLISHED
    if area >= "900":
        return SsnFinding.TAXPAYER_NUMBER
    if area in ("000", "666"):
        return SsnFinding.AREA_NEVER_ISSUED
    if group == "00":
        return SsnFinding.GROUP_NEVER_ISSUED
    if serial == "0000":
        return SsnFinding.SERIAL_NEVER_ISSUED
    return SsnFinding.SUSPECT if digits in _SUSPECT else SsnFinding.POSSIBLE


def masked(last4: str) -> str:
    """Return the number as screens show it to those who may see its end only."""
    return f"•••-••-{last4}" if last4 else ""
