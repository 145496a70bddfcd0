"""The forms of destruction batches. Each carries the state of the batch that its page showed."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.conf import settings

from records.access.selectors import units
from records.retention.enums import BatchStatus
from records.retention.models import Batch
from records.retention.services.moves import Seen

ANOTHER = "ANOTHER"
LONGEST_PLACE = 120


def list_places() -> list[str]:
    """Return where the house keeps records: itself with its address, then its other facilities."""
    own = ", ".join([settings.FACILITY_NAME, *settings.FACILITY_LINES[:1]])
    own = own if len(own) <= LONGEST_PLACE else settings.FACILITY_NAME
    names = {unit.facility.name for unit in units.list_units()}
    return [own, *sorted(names - {settings.FACILITY_NAME})]


class ProposeForm(forms.Form):
    """Where the records are, and a word to the approvers; the token makes a doubled form one."""

    location = forms.ChoiceField(
        label="Where the records are kept", help_text="The certificate names it as the place"
    )
    other_place = forms.CharField(
        label="Name and address of another place", max_length=LONGEST_PLACE, required=False
    )
    note = forms.CharField(
        label="Note to the approvers",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    token = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(place, place) for place in list_places()]
        choices = [*known, (ANOTHER, "Another place, named below")]
        self.fields["location"].choices = choices  # type: ignore[attr-defined]

    @classmethod
    def fresh(cls) -> ProposeForm:
        """Return a form with a token of its own, at the house itself."""
        return cls(initial={"location": list_places()[0], "token": uuid.uuid4()})

    def clean(self) -> dict[str, Any]:
        """Put another place where the chosen one stands; one is given, not both.

        A place that is typed beside a chosen house is not dropped in silence.
        """
        values = super().clean() or {}
        other = values.pop("other_place", "")
        if values.get("location") == ANOTHER and "other_place" not in self.errors:
            values["location"] = other
            if not other:
                self.add_error("other_place", "Name the place.")
        elif other:
            self.add_error("other_place", "Choose “Another place” above, or leave this empty.")
        return values


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
