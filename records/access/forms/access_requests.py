"""The forms of access requests: asking, and declining."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django import forms
from django.utils import timezone

from records.access.forms.units import end_of_day
from records.access.models.access_requests import MOST_DAYS, USUAL_DAYS
from records.access.models.glass import REASON_MIN_LENGTH
from records.access.rules import purposes


def _usual_day() -> date:
    return timezone.localdate() + timedelta(days=USUAL_DAYS)


class AccessRequestForm(forms.Form):
    """For which task a chart is asked for, why, and until when."""

    purpose = forms.ChoiceField(
        label="For which task",
        choices=[("", "–"), *((one.value, one.label) for one in purposes.ASKED_FOR)],
    )
    reason = forms.CharField(
        label="Why you need this chart",
        min_length=REASON_MIN_LENGTH,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=(
            f"At least {REASON_MIN_LENGTH} characters. Read by whoever decides; the right carries "
            "it"
        ),
    )
    expires_on = forms.DateField(
        label="Until",
        initial=_usual_day,
        help_text=f"The last day, at most {MOST_DAYS} days from now",
    )

    def clean_expires_on(self) -> datetime | None:
        """Return the end of the day, refused when it has passed or lies too far ahead."""
        day = self.cleaned_data["expires_on"]
        if day > timezone.localdate() + timedelta(days=MOST_DAYS):
            raise forms.ValidationError(f"At most {MOST_DAYS} days from now.")
        return end_of_day(day)


class DeclineForm(forms.Form):
    """Why access is declined."""

    comment = forms.CharField(
        label="Why not",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Read by whoever asked",
    )
