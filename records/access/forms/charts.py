"""The forms of rights on single charts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms

from accounts.models import User
from accounts.selectors import users
from records.access.forms.units import end_of_day


class ChartGrantForm(forms.Form):
    """Whom one chart is opened to, why, and until when."""

    user: forms.ModelChoiceField[User] = forms.ModelChoiceField(label="Person", queryset=None)
    reason = forms.CharField(label="Reason", max_length=200)
    expires_on = forms.DateField(label="Until", help_text="The last day")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = users.list_users(is_active=True).prefetch_related(None)  # type: ignore[attr-defined]
        self.fields["user"].label_from_instance = lambda user: user.display_name  # type: ignore[attr-defined]

    def clean_expires_on(self) -> datetime | None:
        """Return the end of the day, refused when it has passed."""
        return end_of_day(self.cleaned_data["expires_on"])


class ChartRevokeForm(forms.Form):
    """Whose right on the chart ends."""

    user: forms.ModelChoiceField[User] = forms.ModelChoiceField(queryset=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = users.list_users().prefetch_related(None)  # type: ignore[attr-defined]
