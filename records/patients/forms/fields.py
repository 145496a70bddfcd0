"""Fields of this room: dates as people type them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from records.patients.enums import BirthPrecision
from records.patients.rules import typed_dates


class TypedDateField(forms.DateField):
    """A day in any usual order: 3/14/1961, 14 Mar 1961, 1961-03-14, 03141961."""

    def to_python(self, value: Any) -> date | None:
        """Return the likeliest day that was meant.

        Raises:
            ValidationError: it is no date, or only a month or a year.
        """
        if value in self.empty_values or isinstance(value, date):
            return value or None
        meant = [
            typed
            for typed in typed_dates.read(str(value), today=timezone.localdate())
            if typed.precision == BirthPrecision.DAY
        ]
        if not meant:
            raise ValidationError("Enter a day, for example 3/14/1961.", code="invalid")
        return meant[0].first
