"""The forms of practitioners."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

from django import forms

from accounts.models import User
from accounts.selectors import users
from audit.http import Filters
from records.encounters.models import Provider
from records.encounters.rules.numbers import is_npi
from records.encounters.selectors import providers

NO_NPI = "This is no national number. It has ten digits, of which the last checks the others."
TAKEN = "Another practitioner has this number."
NOT_FREE = "Choose a sign-in that is open, holds the role Provider and is no other practitioner's."
SEPARATORS = re.compile(r"[\s.-]+")
# What a saved list keeps of the filters of the list of practitioners.
PROVIDERS = Filters(
    "Practitioners",
    {"state": forms.ChoiceField(choices=[("in", "In use"), ("out", "Out of use")])},
    {"q": "The name or number typed is not kept in a saved list."},
)


class ProviderForm(forms.Form):
    """What is known of a practitioner; `seen` is their state when the page was opened."""

    name = forms.CharField(label="Name", max_length=160, help_text="As encounters show it")
    npi = forms.CharField(
        label="National number (NPI)",
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        help_text="Ten digits; imports know the practitioner by it",
    )
    is_active = forms.BooleanField(
        label="In use",
        required=False,
        initial=True,
        help_text=(
            "Out of use, earlier encounters keep the practitioner, new ones do not offer them, "
            "and a linked sign-in opens no chart through them"
        ),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False, empty_value=None)

    def __init__(self, *args: Any, provider: Provider | None = None, **kwargs: Any) -> None:
        self.provider = provider
        super().__init__(*args, **kwargs)

    def clean_npi(self) -> str:
        """Return the digits; refused where they cannot be, or are another's.

        A number that came by an import and stays as it is passes: only what is typed is checked.
        """
        npi = SEPARATORS.sub("", self.cleaned_data["npi"])
        if not npi or (self.provider and npi == self.provider.npi):
            return npi
        if not is_npi(npi):
            raise forms.ValidationError(NO_NPI)
        if providers.find_by_npi(npi) is not None:
            raise forms.ValidationError(TAKEN)
        return npi

    def wanted(self) -> dict[str, Any]:
        """Return what the practitioner is to be."""
        return {name: self.cleaned_data[name] for name in ("name", "npi", "is_active")}

    def renew(self, seen: str) -> None:
        """Let the form be saved over the state that its page now shows."""
        data: Any = self.data.copy()  # type: ignore[attr-defined]
        data["seen"] = seen
        self.data = data


class NewProviderForm(ProviderForm):
    """A practitioner to add, once for each `submission_key`."""

    is_active = None  # type: ignore[assignment]
    seen = None  # type: ignore[assignment]
    submission_key = forms.UUIDField(required=False, widget=forms.HiddenInput, initial=uuid4)


class LinkForm(forms.Form):
    """Which sign-in is the practitioner's."""

    user: forms.ModelChoiceField[User] = forms.ModelChoiceField(
        label="Sign-in",
        queryset=None,
        error_messages={"invalid_choice": NOT_FREE},
        help_text="Open sign-ins with the role Provider that are no practitioner's yet",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = providers.list_free_sign_ins()  # type: ignore[attr-defined]
        self.fields["user"].label_from_instance = _name_of  # type: ignore[attr-defined]


class UnlinkForm(forms.Form):
    """Which sign-in is the practitioner's no more."""

    user: forms.ModelChoiceField[User] = forms.ModelChoiceField(queryset=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = users.list_users().prefetch_related(None)  # type: ignore[attr-defined]


def _name_of(user: User) -> str:
    return f"{user.display_name} ({user.username})"
