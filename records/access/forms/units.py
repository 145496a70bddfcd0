"""The forms of units and of the rights on them."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils import timezone

from accounts.enums import Role
from accounts.models import User
from accounts.selectors import users
from records.access.enums import SensitivityClass, UnitRight
from records.access.models import CustodyUnit, Facility


def end_of_day(day: date | None) -> datetime | None:
    """Return the last moment of the last day of a right.

    Raises:
        ValidationError: the day has passed.
    """
    if day is None:
        return None
    if day < timezone.localdate():
        raise forms.ValidationError("This day has passed.")
    return timezone.make_aware(datetime.combine(day, time.max))


class UnitForm(forms.Form):
    """A custody unit."""

    name = forms.CharField(label="Name", max_length=120)
    is_listed = forms.BooleanField(
        label="Listed in the directory",
        required=False,
        initial=True,
        help_text="An unlisted unit's patients are found only by those with a right on it",
    )
    is_active = forms.BooleanField(label="In use", required=False, initial=True)
    sensitivity_classes = forms.MultipleChoiceField(
        label="Protected classes kept here",
        choices=[c for c in SensitivityClass.choices if c[0] != SensitivityClass.NORMAL],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    seen = forms.CharField(widget=forms.HiddenInput, required=False, empty_value=None)

    def renew(self, seen: str) -> None:
        """Let the form be saved over the state that its page now shows."""
        data: Any = self.data.copy()  # type: ignore[attr-defined]
        data["seen"] = seen
        self.data = data


class NewUnitForm(UnitForm):
    """A new custody unit."""

    facility = forms.ModelChoiceField(label="Facility", queryset=Facility.objects.order_by("name"))
    code = forms.SlugField(label="Code", max_length=12)
    field_order = ("facility", "code", "name")

    def clean_code(self) -> str:
        """Refuse a code that is taken."""
        code: str = self.cleaned_data["code"].upper()
        if CustodyUnit.objects.filter(code=code).exists():
            raise forms.ValidationError("Another unit has this code.")
        return code


class GrantForm(forms.Form):
    """A right for a person or a role, with a reason and an end."""

    role = forms.ChoiceField(label="Role", choices=[("", "–"), *Role.choices], required=False)
    user: forms.ModelChoiceField[User] = forms.ModelChoiceField(
        label="Person, instead of a role", queryset=None, required=False
    )
    right = forms.ChoiceField(label="Right", choices=UnitRight)
    reason = forms.CharField(label="Reason", max_length=200)
    expires_on = forms.DateField(label="Until", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = users.list_users(is_active=True).prefetch_related(None)  # type: ignore[attr-defined]
        self.fields["user"].label_from_instance = lambda user: user.display_name  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for exactly one holder."""
        cleaned = super().clean() or {}
        if bool(cleaned.get("role")) == bool(cleaned.get("user")):
            self.add_error("role", "Choose either a role or a person.")
        return cleaned

    def clean_expires_on(self) -> datetime | None:
        """Return the end of the day, refused when it has passed."""
        return end_of_day(self.cleaned_data["expires_on"])


class RevokeForm(forms.Form):
    """Which right of which holder ends."""

    right = forms.ChoiceField(choices=UnitRight)
    role = forms.ChoiceField(choices=[("", ""), *Role.choices], required=False)
    user: forms.ModelChoiceField[User] = forms.ModelChoiceField(queryset=None, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = users.list_users().prefetch_related(None)  # type: ignore[attr-defined]
