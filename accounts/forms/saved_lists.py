"""The forms of saved lists."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import SavedList, User
from accounts.models.saved_lists import LONGEST_NAME
from accounts.selectors import saved_lists as selectors


class SavedListForm(forms.Form):
    """How a saved list is called, who sees it, and whether its list opens with it."""

    name = forms.CharField(
        label="Name",
        max_length=LONGEST_NAME,
        help_text="What it is for, such as “Late this week”. Name no patient.",
    )
    is_shared = forms.BooleanField(
        label="Share with everybody who may open this list", required=False
    )
    is_default = forms.BooleanField(label="Open the list with it for me", required=False)

    def __init__(
        self, *args: Any, owner: User, route: str, row: SavedList | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.owner, self.list_route, self.row = owner, route, row

    def clean_name(self) -> str:
        """Refuse a name that another saved list of the same person and list has."""
        name: str = self.cleaned_data["name"]
        own = self.row.pk if self.row else None
        if selectors.is_name_taken(self.owner, self.list_route, name, apart_from=own):
            raise forms.ValidationError("You have a saved list of this name. Choose another.")
        return name


class NewSavedListForm(SavedListForm):
    """The same for the filters of a list, which its page sends along."""

    route = forms.CharField(widget=forms.HiddenInput)
    query = forms.CharField(widget=forms.HiddenInput, required=False)


class ChangeSavedListForm(SavedListForm):
    """The same for a saved list as its page showed it."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def renew(self, version: int) -> None:
        """Let the form be saved over the state that its page now shows."""
        data: Any = self.data.copy()  # type: ignore[attr-defined]
        data["version"] = str(version)
        self.data = data
