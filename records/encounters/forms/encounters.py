"""The forms of stays and visits."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone

from accounts.models import User
from records.access.selectors import units
from records.encounters.enums import Disposition, EncounterKind
from records.encounters.selectors import providers
from records.encounters.services.encounters import EncounterFacts


class MomentField(forms.DateTimeField):
    """A day and time of the facility's zone, as typed: 3/14/2026 14:05."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            input_formats=[
                "%m/%d/%Y %H:%M",
                "%Y-%m-%d %H:%M",
                "%m/%d/%Y %I:%M %p",
                "%b %d, %Y, %H:%M",
                "%Y-%m-%dT%H:%M",
                "%m/%d/%Y",
            ],
            widget=forms.DateTimeInput(format="%m/%d/%Y %H:%M"),
            **kwargs,
        )


def _now() -> datetime:
    return timezone.localtime().replace(second=0, microsecond=0)


class BeginForm(forms.Form):
    """A stay or visit that begins, or is planned."""

    kind = forms.ChoiceField(label="Kind", choices=EncounterKind)
    started_at = MomentField(label="Admitted", initial=_now)
    unit = forms.TypedChoiceField(label="Unit", coerce=int)
    attending = forms.ModelChoiceField(label="Attending", queryset=None, required=False)
    service = forms.CharField(label="Service", max_length=80, required=False)
    location = forms.CharField(label="Ward and bed", max_length=80, required=False)
    reason = forms.CharField(label="Reason", max_length=200, required=False)
    account_number = forms.CharField(
        label="Account number", max_length=32, required=False, help_text="Given if left empty"
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = [  # type: ignore[attr-defined]
            (unit.pk, unit.name) for unit in units.list_open_units(user)
        ]
        self.fields["attending"].queryset = providers.list_providers()  # type: ignore[attr-defined]

    def facts(self) -> EncounterFacts:
        """Return what was entered."""
        data = self.cleaned_data
        return EncounterFacts(
            kind=EncounterKind(data["kind"]),
            started_at=data["started_at"],
            unit_id=data["unit"],
            attending=data["attending"],
            service=data["service"],
            location=data["location"],
            reason=data["reason"],
            account_number=data["account_number"].strip().upper(),
        )


class VisitForm(BeginForm):
    """A visit or stay that is over."""

    ended_at = MomentField(label="Ended", initial=_now)
    field_order = ("kind", "started_at", "ended_at")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].initial = EncounterKind.OUTPATIENT
        self.fields["started_at"].label = "Began"


class StepForm(forms.Form):
    """Any step on an encounter; `version` is that of the encounter when the page was opened."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class TransferForm(StepForm):
    """A move to another ward or bed."""

    to_location = forms.CharField(label="To ward and bed", max_length=80)
    to_service = forms.CharField(label="To service", max_length=80, required=False)
    moved_at = MomentField(label="When", initial=_now)


class DischargeForm(StepForm):
    """The end of a stay."""

    ended_at = MomentField(label="When", initial=_now)
    disposition = forms.ChoiceField(label="To", choices=Disposition)


class ReasonForm(StepForm):
    """A step that needs a reason."""

    reason = forms.CharField(label="Reason", max_length=200)
