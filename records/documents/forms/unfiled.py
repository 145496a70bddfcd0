"""The forms of the indexing desk."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import User
from records.access.selectors import units
from records.documents.forms import fields
from records.documents.forms.documents import NewForm


class ReceiveForm(forms.Form):
    """Loose files for one unit's list."""

    uploads = fields.DocumentFilesField(label="Files")
    unit = forms.TypedChoiceField(label="Unit", coerce=int)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["uploads"].help_text = fields.size_hint()
        self.fields["unit"].choices = [  # type: ignore[attr-defined]
            (unit.pk, unit.name) for unit in units.list_open_units(user)
        ]


class UnfiledForm(NewForm):
    """What a waiting file is, and in whose chart it belongs."""

    patient = forms.IntegerField(widget=forms.HiddenInput)


class DiscardForm(forms.Form):
    """Why a file belongs in no chart."""

    reason = forms.CharField(label="Reason", max_length=200)
