"""Forms for the people of the house."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import password_validation

from accounts.errors import AdministratorNotAlone
from accounts.models import User
from accounts.models.user import SYSTEM_USERNAME
from accounts.roles import Role
from accounts.rules import roles as rules
from audit.http import Filters

# What a saved list keeps of the filters of the list of people.
PEOPLE = Filters(
    "People",
    {
        "role": forms.ChoiceField(choices=Role.choices),
        "active": forms.ChoiceField(choices=[("yes", "Open"), ("no", "Closed")]),
    },
    {"q": "The name typed is not kept in a saved list."},
)


class PersonForm(forms.Form):
    """How a person is shown and reached, and which roles they hold."""

    display_name = forms.CharField(label="Name", max_length=120)
    email = forms.EmailField(label="E-mail")
    roles = forms.MultipleChoiceField(
        label="Roles",
        choices=Role,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="Administrator stands alone: it sees no patient",
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False, empty_value=None)

    def __init__(self, *args: Any, user: User | None = None, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_email(self) -> str:
        """Refuse an address that somebody else has."""
        email: str = self.cleaned_data["email"]
        others = User.objects.filter(email__iexact=email)
        if self.user:
            others = others.exclude(pk=self.user.pk)
        if others.exists():
            raise forms.ValidationError("Somebody else has this address.")
        return email

    def clean_roles(self) -> list[str]:
        """Refuse the administrator's role beside another."""
        roles: list[str] = self.cleaned_data["roles"]
        if not rules.may_be_held_together(roles):
            refusal = AdministratorNotAlone
            raise forms.ValidationError(refusal.message, code=refusal.reason)
        return roles

    @property
    def asks_for_too_much(self) -> bool:
        """Tell whether an administrator was to see patients: the trail keeps such a try."""
        return self.has_error("roles", AdministratorNotAlone.reason)

    def renew(self, seen: str) -> None:
        """Let the form be saved over the state that its page now shows."""
        data: Any = self.data.copy()  # type: ignore[attr-defined]
        data["seen"] = seen
        self.data = data


class FirstPasswordForm(forms.Form):
    """A password that the administrator gives and the person must replace."""

    password = forms.CharField(
        label="First password",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="The person must replace it at the next sign-in",
    )

    def __init__(self, *args: Any, user: User | None = None, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        """Hold the first password to the rules for all, the person's names included."""
        cleaned = super().clean() or {}
        user = self.user or User(
            username=cleaned.get("username", ""), email=cleaned.get("email", "")
        )
        try:
            password_validation.validate_password(cleaned.get("password", ""), user)
        except forms.ValidationError as error:
            if cleaned.get("password"):
                self.add_error("password", error)
        return cleaned


class NewPersonForm(FirstPasswordForm, PersonForm):
    """A new sign-in. A name holds no @, so that none is the address of somebody else."""

    username = forms.RegexField(
        r"^[\w.+-]+$",
        label="Sign-in name",
        max_length=64,
        error_messages={"invalid": "Letters, digits and . + - _ only."},
    )
    field_order = ("display_name", "username", "email", "password", "roles")

    def clean_username(self) -> str:
        """Refuse a name that is taken, in any case of letters, or reserved."""
        username: str = self.cleaned_data["username"]
        is_taken = User.objects.filter(username__iexact=username).exists()
        if is_taken or username.lower() == SYSTEM_USERNAME:
            raise forms.ValidationError("This sign-in name is taken.")
        return username
