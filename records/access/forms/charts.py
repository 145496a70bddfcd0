"""The forms of rights on single charts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms

from accounts.models import User
from accounts.selectors import users
from records.access.forms.units import end_of_day
from records.access.models import CustodyUnit
from records.access.permissions import OPEN_CHART
from records.access.selectors import units


class ChartGrantForm(forms.Form):
    """Whom one chart is opened to, why, and until when."""

    user: forms.ModelChoiceField[User] = forms.ModelChoiceField(
        label="Person",
        queryset=None,
        error_messages={
            "invalid_choice": "This person cannot open charts: no role of theirs allows it, or "
            "their sign-in is closed."
        },
    )
    reason = forms.CharField(label="Reason", max_length=200)
    expires_on = forms.DateField(label="Until", help_text="The last day")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = users.list_carriers(OPEN_CHART)  # type: ignore[attr-defined]
        self.fields["user"].label_from_instance = lambda user: user.display_name  # type: ignore[attr-defined]

    def clean_expires_on(self) -> datetime | None:
        """Return the end of the day, refused when it has passed."""
        return end_of_day(self.cleaned_data["expires_on"])


class ChartMoveForm(forms.Form):
    """To which unit a chart goes, and why; `seen` is the last move when the page was opened."""

    unit: forms.ModelChoiceField[CustodyUnit] = forms.ModelChoiceField(
        label="To unit", queryset=None
    )
    reason = forms.CharField(label="Reason", max_length=200)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
    prefix = "move"

    def __init__(self, *args: Any, user: User, unit: CustodyUnit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units.list_move_targets(user, unit)  # type: ignore[attr-defined]

    def asks_for(self, unit_id: int) -> bool:
        """Tell whether the form asks for this unit, be it offered or not."""
        return bool(self.data.get(self.add_prefix("unit")) == str(unit_id))

    def renew(self, seen: int) -> None:
        """Let the form be sent again over the state that its page now shows."""
        data: Any = self.data.copy()  # type: ignore[attr-defined]
        data[self.add_prefix("seen")] = str(seen)
        self.data = data


class ChartRevokeForm(forms.Form):
    """Whose right on the chart ends."""

    user: forms.ModelChoiceField[User] = forms.ModelChoiceField(queryset=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = users.list_users().prefetch_related(None)  # type: ignore[attr-defined]
