"""Numbers of law and policy that releases count with, as dated rows with their source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class FigureCode(StrEnum):
    """What a number is for."""

    ACCOUNTING_LOOK_BACK_YEARS = "ACCOUNTING_LOOK_BACK_YEARS"
    ACCOUNTING_FREE_MONTHS = "ACCOUNTING_FREE_MONTHS"
    ORAL_SUSPENSION_DAYS = "ORAL_SUSPENSION_DAYS"
    OLD_SIGNATURE_DAYS = "OLD_SIGNATURE_DAYS"
    DISABILITY_FORM_MONTHS = "DISABILITY_FORM_MONTHS"


class FigureUnknown(LookupError):
    """No row of this code is in force on the day."""


@dataclass(frozen=True)
class Figure:
    """One number while it is in force; `effective_to` is its last day."""

    code: FigureCode
    value: int
    cite: str
    verified_on: date
    effective_from: date
    effective_to: date | None = None

    def is_in_force(self, on: date) -> bool:
        """Tell whether the row counts on the day."""
        return self.effective_from <= on and (self.effective_to is None or on <= self.effective_to)


_PRIVACY_RULE = date(2003, 4, 14)
_READ = date(2026, 11, 22)

FIGURES = (
    Figure(FigureCode.ACCOUNTING_LOOK_BACK_YEARS, 6, "45 CFR 164.528(a)(1)", _READ, _PRIVACY_RULE),
    Figure(FigureCode.ACCOUNTING_FREE_MONTHS, 12, "45 CFR 164.528(c)(2)", _READ, _PRIVACY_RULE),
    Figure(FigureCode.ORAL_SUSPENSION_DAYS, 30, "45 CFR 164.528(a)(2)(ii)", _READ, _PRIVACY_RULE),
    Figure(FigureCode.OLD_SIGNATURE_DAYS, 365, "house policy", _READ, _PRIVACY_RULE),
    Figure(
        FigureCode.DISABILITY_FORM_MONTHS, 12, "form SSA-827, instructions", _READ, _PRIVACY_RULE
    ),
)


def figure(code: FigureCode, *, on: date, rows: Iterable[Figure] = FIGURES) -> Figure:
    """Return the row of `code` that is in force on the day.

    Raises:
        FigureUnknown: there is none.
    """
    for row in rows:
        if row.code == code and row.is_in_force(on):
            return row
    raise FigureUnknown(f"{code} on {on}")
