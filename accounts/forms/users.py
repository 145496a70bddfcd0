"""Forms for the people of the house."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import password_validation

from accounts.models import User
from accounts.models.user import SYSTEM_USERNAME
from accounts.roles import Role


class PersonForm(forms.Form):
    """How a person is shown and reached, and which roles they hold."""

    display_name = forms.CharField(label="Name", max_length=120)
    email = forms.EmailField(label="E-mail")
    roles = forms.MultipleChoiceField(
        label="Roles", choices=Role, widget=forms.CheckboxSelectMultiple, required=False
    )

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


class NewPersonForm(PersonForm):
    """A new sign-in, with a first password that the person must replace."""

    username = forms.RegexField(
        r"^[\w.@+-]+$",
        label="Sign-in name",
        max_length=64,
        error_messages={"invalid": "Letters, digits and . @ + - _ only."},
    )
    password = forms.CharField(
        label="First password",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="The person must replace it at the first sign-in",
    )
    field_order = ("display_name", "username", "email", "password", "roles")

    def clean_username(self) -> str:
        """Refuse a name that is taken, in any case of letters, or reserved."""
        username: str = self.cleaned_data["username"]
        is_taken = User.objects.filter(username__iexact=username).exists()
        if is_taken or username.lower() == SYSTEM_USERNAME:
            raise forms.ValidationError("This sign-in name is taken.")
        return username

    def clean_password(self) -> str:
        """Hold the first password to the rules for all."""
        password: str = self.cleaned_data["password"]
        password_validation.validate_password(password)
        return password
