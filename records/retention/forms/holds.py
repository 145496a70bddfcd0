"""The forms of holds."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import Any
from uuid import uuid4

from django import forms
from django.utils import timezone

from records.patients.selectors import patients
from records.retention.enums import HoldKind
from records.retention.services.holds import Matter

MOST_NUMBERS = 1000
KINDS = [(value, label) for value, label in HoldKind.choices if value != HoldKind.RELEASE_REQUEST]


class NumbersField(forms.CharField):
    """Record numbers, one a line or parted by commas; becomes the patients' ids."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label="Record numbers",
            widget=forms.Textarea(attrs={"rows": 4}),
            help_text="One a line. Former numbers lead to the same chart.",
            **kwargs,
        )

    def clean(self, value: Any) -> list[int]:
        """Return the patients; names every number that leads to none."""
        numbers = [re.sub(r"[-\s]", "", part) for part in re.split(r"[,;\n]", super().clean(value))]
        wanted = list(dict.fromkeys(number for number in numbers if number))
        if len(wanted) > MOST_NUMBERS:
            raise forms.ValidationError(f"Enter at most {MOST_NUMBERS} numbers at once.")
        found = {number: patients.find_by_mrn(number) for number in wanted}
        unknown = [number for number in wanted if found[number] is None]
        if unknown or not wanted:
            raise forms.ValidationError(
                f"No patient has {', '.join(unknown[:10])}." if unknown else "Enter a number."
            )
        return sorted({patient_id for patient_id in found.values() if patient_id is not None})


class HoldForm(forms.Form):
    """What a hold is about, and whom it covers (rules 4.5, LH-3)."""

    name = forms.CharField(
        label="Matter", max_length=160, help_text="As counsel names it, without the diagnosis"
    )
    kind = forms.ChoiceField(label="Kind", choices=KINDS)
    issuer = forms.CharField(label="Issued by", max_length=160, required=False)
    reason = forms.CharField(
        label="Reason", max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    issued_on = forms.DateField(label="Issued on", initial=timezone.localdate)
    custodians = forms.CharField(label="Custodians", max_length=300, required=False)
    covers_from = forms.DateField(label="Records from", required=False)
    covers_until = forms.DateField(label="Records until", required=False)
    remind_on = forms.DateField(
        label="Ask again on", required=False, help_text="When somebody asks if it still stands"
    )
    patient_ids = NumbersField()
    submission_key = forms.UUIDField(required=False, widget=forms.HiddenInput, initial=uuid4)

    def clean(self) -> dict[str, Any]:
        """Check that the period is one, and that each day lies where it can."""
        values = super().clean() or {}
        today = timezone.localdate()
        issued_on, remind_on = values.get("issued_on"), values.get("remind_on")
        if issued_on and issued_on > today:
            self.add_error("issued_on", "This day lies in the future.")
        if remind_on and remind_on < today:
            self.add_error("remind_on", "This day has passed.")
        first, last = values.get("covers_from"), values.get("covers_until")
        if first and last and last < first:
            self.add_error("covers_until", "The period ends before it begins.")
        return values

    def matter(self) -> Matter:
        """Return what was entered about the hold itself."""
        values = {field.name: self.cleaned_data[field.name] for field in fields(Matter)}
        return Matter(**values | {"kind": HoldKind(values["kind"])})


class CoverForm(forms.Form):
    """Further patients for a standing hold."""

    patient_ids = NumbersField()


class LiftForm(forms.Form):
    """Why a hold ends, and who said so (only counsel or risk may, LH-1)."""

    reason = forms.CharField(
        label="Who lifted it, and why",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Name the counsel or risk manager who released the hold, with date",
    )
