"""The forms of emergency access."""

from __future__ import annotations

from django import forms

from records.access.enums import ReviewOutcome
from records.access.models.glass import REASON_MIN_LENGTH


class BreakGlassForm(forms.Form):
    """Why a chart must be opened now."""

    reason = forms.CharField(
        label="Why you need this chart now",
        min_length=REASON_MIN_LENGTH,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Read by everybody who is told, and by whoever reviews it",
    )


class ReviewForm(forms.Form):
    """The judgement on one emergency access."""

    outcome = forms.ChoiceField(label="Judgement", choices=ReviewOutcome, widget=forms.RadioSelect)
    note = forms.CharField(
        label="Note", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
