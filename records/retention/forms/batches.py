"""The forms of destruction batches. Each carries the state of the batch that its page showed."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.conf import settings

from records.retention.enums import BatchStatus
from records.retention.models import Batch
from records.retention.services.moves import Seen


class ProposeForm(forms.Form):
    """Where the charts are, and a word to the approvers; the token makes a doubled form one."""

    location = forms.CharField(label="Where the records are kept", max_length=120)
    note = forms.CharField(
        label="Note to the approvers",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    token = forms.UUIDField(widget=forms.HiddenInput)

    @classmethod
    def fresh(cls) -> ProposeForm:
        """Return a form with a token of its own."""
        return cls(initial={"location": settings.FACILITY_NAME, "token": uuid.uuid4()})


class SeenForm(forms.Form):
    """The state of the batch on the page."""

    status = forms.ChoiceField(choices=BatchStatus.choices, widget=forms.HiddenInput)
    digest = forms.CharField(widget=forms.HiddenInput, required=False)

    @classmethod
    def of(cls, batch: Batch) -> Any:
        """Return an empty form that remembers the state of the batch."""
        return cls(initial={"status": batch.status, "digest": batch.digest})

    def seen(self) -> Seen:
        """Return the state that the person saw."""
        return Seen(self.cleaned_data["status"], self.cleaned_data["digest"])


class ReasonForm(SeenForm):
    """Why a batch is returned or given up."""

    reason = forms.CharField(
        label="Reason", max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
