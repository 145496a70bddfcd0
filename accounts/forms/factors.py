"""allauth's forms for second factors, with an event for every failure and lock-out."""

from __future__ import annotations

from typing import Any

from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.forms import GenerateRecoveryCodesForm
from allauth.mfa.webauthn.forms import (
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django.core.exceptions import ValidationError

from accounts.selectors import second_factors
from accounts.services import failures

LOCKED = "too_many_login_attempts"


class _CodeForm:
    """Codes: a wrong one is told by allauth's signal, a lock-out only here."""

    user: Any

    def clean_code(self) -> str:
        try:
            return str(super().clean_code())  # type: ignore[misc]
        except ValidationError as error:
            if error.code == LOCKED:
                failures.record_factor_lock_out(self.user)
            raise


class _PasskeyForm:
    """Passkeys: allauth tells of no failure."""

    user: Any

    def clean_credential(self) -> Any:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except ValidationError as error:
            if error.code == LOCKED:
                failures.record_factor_lock_out(self.user)
            else:
                failures.record_factor_failure(self.user, Authenticator.Type.WEBAUTHN)
            raise


class CodeForm(_CodeForm, AuthenticateForm):
    """The code at sign-in."""


class FreshCodeForm(_CodeForm, ReauthenticateForm):
    """The code before a sensitive step."""


class PasskeyForm(_PasskeyForm, AuthenticateWebAuthnForm):
    """The passkey as second factor."""


class PasskeySignInForm(_PasskeyForm, LoginWebAuthnForm):
    """The passkey in place of name and password; who it is is not known before it fits."""

    def clean_credential(self) -> Any:
        """Refuse the passkey of somebody whose sign-in is closed, as a wrong password is."""
        authenticator = super().clean_credential()
        if not authenticator.user.is_active:
            failures.record_failure(authenticator.user.username.lower())
            raise ValidationError("This sign-in is closed.", code="closed")
        return authenticator


class FreshPasskeyForm(_PasskeyForm, ReauthenticateWebAuthnForm):
    """The passkey before a sensitive step."""


class RecoveryCodesForm(GenerateRecoveryCodesForm):
    """New recovery codes. Only before they are made is it known whether others go void."""

    def clean(self) -> dict[str, Any]:
        """Note for the message whether codes that still work are replaced."""
        cleaned: dict[str, Any] = super().clean()
        context.request.voids_codes = second_factors.has_unused_codes(self.user)
        return cleaned
