"""Fields of this room: dates as people type them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from records.patients.enums import BirthPrecision
from records.patients.rules import typed_dates
from records.patients.rules.typed_dates import TypedDate

FARTHEST_YEARS = 30


def read_day(text: str, *, is_future_allowed: bool = False) -> TypedDate | None:
    """Return the likeliest date that was meant, None where it is none."""
    today = timezone.localdate()
    latest = today.replace(year=today.year + FARTHEST_YEARS, day=1) if is_future_allowed else today
    return next(iter(typed_dates.read(text, today=latest)), None)


def lies_ahead(text: str) -> bool:
    """Tell whether the text is a date of any future, however far."""
    return bool(typed_dates.read(text, today=date.max))


class TypedDateField(forms.DateField):
    """A day in any usual order: 3/14/1961, 14 Mar 1961, 1961-03-14, 03141961.

    With `is_vague_allowed` a month or a year will do, and stands for its first day.
    """

    def __init__(
        self, *, is_future_allowed: bool = False, is_vague_allowed: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.is_future_allowed = is_future_allowed
        self.is_vague_allowed = is_vague_allowed

    def to_python(self, value: Any) -> date | None:
        """Return the likeliest day that was meant.

        Raises:
            ValidationError: it is no date, one that cannot be, or only a month or a year.
        """
        if value in self.empty_values or isinstance(value, date):
            return value or None
        meant = read_day(str(value), is_future_allowed=self.is_future_allowed)
        if meant is None:
            raise ValidationError(self._why_not(str(value)), code="invalid")
        if meant.precision != BirthPrecision.DAY and not self.is_vague_allowed:
            raise ValidationError("Enter a day, for example 3/14/1961.", code="invalid")
        return meant.first

    def _why_not(self, text: str) -> str:
        if lies_ahead(text):
            return "This lies in the future."
        return "There is no such date. Enter a day, for example 3/14/1961."
