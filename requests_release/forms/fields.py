"""Fields that the forms of this room share."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

MULTILINE = forms.Textarea(attrs={"rows": 3})


def today() -> Any:
    """Return the facility's day."""
    return timezone.localdate()


class PastDay(forms.DateField):
    """A day that is not in the future."""

    def clean(self, value: Any) -> Any:
        """Return the day.

        Raises:
            ValidationError: it lies in the future, or is none.
        """
        day = super().clean(value)
        if day is not None and day > timezone.localdate():
            raise forms.ValidationError("This day has not come yet.", code="future")
        return day


class VersionedForm(forms.Form):
    """A form that knows which version of the request its page showed."""

    version = forms.IntegerField(widget=forms.HiddenInput)
