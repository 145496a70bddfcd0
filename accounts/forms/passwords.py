"""allauth's forms of passwords in the words of the house; a forgotten one is no page's matter."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm


class _InHouseWords:
    """Labels and hints as the other forms have them, and nothing in an empty field."""

    labels: ClassVar[dict[str, str]] = {}
    hints: ClassVar[dict[str, str]] = {}
    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in self.labels.items():
            field = self.fields[name]
            field.label, field.help_text = label, self.hints.get(name, "")
            field.widget.attrs.pop("placeholder", None)


class SignInForm(_InHouseWords, LoginForm):
    """Name and password."""

    labels: ClassVar = {"login": "User name or e-mail", "password": "Password"}
    hints: ClassVar = {"password": "Forgotten? The administrator gives you a new one."}


class FreshPasswordForm(_InHouseWords, ReauthenticateForm):
    """The password again, before a sensitive step."""

    labels: ClassVar = {"password": "Password"}


class NewPasswordForm(_InHouseWords, ChangePasswordForm):
    """A password in place of the one that the person has."""

    labels: ClassVar = {
        "oldpassword": "Current password",
        "password1": "New password",
        "password2": "New password, once more",
    }
