"""The forms of stays and visits."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from uuid import uuid4

from django import forms
from django.utils import timezone

from accounts.models import User
from records.access.selectors import units
from records.encounters.enums import STAYS, Disposition, EncounterKind
from records.encounters.models import Provider
from records.encounters.rules import dates
from records.encounters.selectors import providers
from records.encounters.services.encounters import EncounterFacts
from records.patients.forms.fields import lies_ahead, read_day

NO_MOMENT = "There is no such moment. Enter a day and time, for example 3/14/2026 14:05."
FUTURE = "This lies in the future."
TIME = re.compile(r"[\s,T]+([0-9]{1,2}:[0-9]{2})(?::[0-9]{2})?\s*([ap])?\.?m?\.?$", re.IGNORECASE)


class MomentField(forms.DateTimeField):
    """A day and time of the facility's zone, as typed: 3/14/2026 14:05, 14 Mar 2026 2:05 pm.

    A day alone stands for its midnight, for visits of which no hour is known.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            input_formats=["%Y-%m-%d %H:%M", "%Y-%m-%d %I:%M %p"],
            widget=forms.DateTimeInput(format="%m/%d/%Y %H:%M"),
            **kwargs,
        )

    def to_python(self, value: Any) -> datetime | None:
        """Return the moment that was meant.

        Raises:
            ValidationError: it is none, or one that the clock change left out or made twice.
        """
        if value in self.empty_values or isinstance(value, datetime):
            return super().to_python(value)
        text = str(value).strip()
        time = TIME.search(text)
        day = read_day(text[: time.start()] if time else text, is_future_allowed=True)
        if day is None or day.first != day.last:
            is_ahead = day is None and lies_ahead(text[: time.start()] if time else text)
            raise forms.ValidationError(FUTURE if is_ahead else NO_MOMENT, code="invalid")
        hour, half = (time[1], time[2]) if time else ("0:00", None)
        marked = f"{day.first} {hour} {half}m" if half else f"{day.first} {hour}"
        try:
            return super().to_python(marked)
        except forms.ValidationError as error:
            raise forms.ValidationError(NO_MOMENT, code="invalid") from error


def _disposition() -> forms.ChoiceField:
    """Return the field of where the patient went; nothing is chosen for whoever fills it in."""
    return forms.ChoiceField(
        label="To",
        choices=[("", "Choose …"), *Disposition.choices],
        error_messages={"required": "Choose where the patient went."},
    )


def _now() -> datetime:
    return dates.to_minute(timezone.localtime())


class BeginForm(forms.Form):
    """A stay or visit that begins, or is planned; once for each `submission_key`."""

    kind = forms.ChoiceField(label="Kind", choices=EncounterKind)
    started_at = MomentField(label="Admitted", initial=_now)
    unit = forms.TypedChoiceField(label="Unit", coerce=int)
    attending: forms.ModelChoiceField[Provider] = forms.ModelChoiceField(
        label="Attending", queryset=None, required=False, empty_label="Not known yet"
    )
    service = forms.CharField(label="Service", max_length=80, required=False)
    location = forms.CharField(label="Ward and bed", max_length=80, required=False)
    reason = forms.CharField(label="Reason", max_length=200, required=False)
    account_number = forms.CharField(
        label="Account number",
        max_length=32,
        required=False,
        help_text="The house gives one if this is left empty",
    )
    submission_key = forms.UUIDField(required=False, widget=forms.HiddenInput, initial=uuid4)

    def __init__(
        self, *args: Any, user: User, own_unit: tuple[int, str] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = {unit.pk: unit.name for unit in units.list_open_units(user)}
        if own_unit:
            choices.setdefault(*own_unit)
        self.fields["unit"].choices = list(choices.items())  # type: ignore[attr-defined]
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
    """A visit that is over; a stay is admitted and discharged."""

    ended_at = MomentField(label="Ended", initial=_now)
    disposition = _disposition()
    field_order = ("kind", "started_at", "ended_at", "disposition")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            (kind.value, kind.label) for kind in EncounterKind if kind not in STAYS
        ]
        self.fields["kind"].initial = EncounterKind.OUTPATIENT
        self.fields["started_at"].label = "Began"
        # The rest is filled in: a form that nobody touched must not become a visit, which moves
        # the term for which the chart is kept.
        self.fields["reason"].required = True
        self.fields["reason"].help_text = "Why the patient came"


class StepForm(forms.Form):
    """Any step on an encounter; `version` is that of the encounter when the page was opened."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def renew(self, version: int) -> None:
        """Let the form that goes back be saved over `version`, which its reader has now seen."""
        data: Any = self.data.copy()  # type: ignore[attr-defined]
        data["version"] = str(version)
        self.data = data


class TransferForm(StepForm):
    """A move to another ward or bed."""

    to_location = forms.CharField(label="To ward and bed", max_length=80)
    to_service = forms.CharField(
        label="To service", max_length=80, required=False, help_text="If it changes"
    )
    to_attending: forms.ModelChoiceField[Provider] = forms.ModelChoiceField(
        label="To attending", queryset=None, required=False, empty_label="Stays the same"
    )
    moved_at = MomentField(label="When", initial=_now)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        queryset = providers.list_providers()
        self.fields["to_attending"].queryset = queryset  # type: ignore[attr-defined]


class DischargeForm(StepForm):
    """The end of a stay."""

    ended_at = MomentField(label="When", initial=_now)
    disposition = _disposition()


class ReasonForm(StepForm):
    """A step that needs a reason."""

    reason = forms.CharField(label="Reason", max_length=200)
