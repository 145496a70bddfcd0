"""Where allauth meets the house: no self-registration, every lock-out an event, seeds encrypted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from allauth.usersessions.models import UserSession
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse

from accounts import crypto
from accounts.models import User
from accounts.selectors import tries, users
from accounts.services import failures, sessions
from audit.writes import attributing

# NIST SP 800-63B 5.2.2.
MOST_IN_A_ROW = 100


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in rules of the house."""

    # One sentence for a wrong name and a wrong password, so that neither can be told apart.
    error_messages: ClassVar[dict[str, Any]] = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": "User name or password is wrong.",
        "email_password_mismatch": "User name or password is wrong.",
        "enter_current_password": "This is not your current password.",
        "incorrect_password": "This is not your password.",
        "incorrect_code": "This code is wrong, or was used already.",
        "too_many_login_attempts": "Too many failed tries. Wait 15 minutes and try again, sign in "
        "with a passkey, or ask the administrator for a new password.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody registers themselves; an administrator makes each sign-in."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the try; when a limit is reached, say so in the trail.

        Raises:
            ValidationError: too many failed sign-ins for this person or address.
        """
        typed = users.read_credentials(credentials)
        try:
            super().pre_authenticate(request, **credentials)
            self._check_failures_in_a_row(typed)
        except ValidationError:
            failures.record_lock_out(typed)
            raise

    def _check_failures_in_a_row(self, typed: str) -> None:
        known = users.find_id(typed) or 0
        if tries.count_failures_in_a_row(known, most=MOST_IN_A_ROW) >= MOST_IN_A_ROW:
            raise self.validation_error("too_many_login_attempts")

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Count for the person, by whichever of their names and at whichever of our addresses."""
        typed = users.read_credentials(credentials)
        known = users.find_id(typed)
        return f"person:{known}" if known else f"nobody:{typed}"

    def clean_password(self, password: str, user: User | None = None) -> str:
        """Hold a password to the rules, and refuse the one that is being replaced.

        Raises:
            ValidationError: says which rule it breaks.
        """
        cleaned = str(super().clean_password(password, user))
        if user is not None and user.pk and user.check_password(cleaned):
            raise ValidationError("This is the password you have. Choose another one.")
        return cleaned

    def set_password(self, user: User, password: str) -> None:
        """Set a password the person chose, which ends the duty to replace the first one."""
        with attributing(user):
            user.must_change_password = False
            super().set_password(user, password)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Lead to the person's work, which a first password kept them from."""
        return reverse("home")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send no mail about sign-ins: what happened stands in the trail."""


class MFAAdapter(DefaultMFAAdapter):
    """Seeds and recovery codes are stored encrypted."""

    error_messages: ClassVar[dict[str, Any]] = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "This code is wrong, or was used already.",
    }

    def encrypt(self, text: str) -> str:
        """Return `text` encrypted under the field keyset, in hexadecimal."""
        return crypto.encrypt_field("mfa_authenticator", "data", "seed", text).hex()

    def decrypt(self, encrypted_text: str) -> str:
        """Return what `encrypt` was given.

        Raises:
            crypto.FieldDamaged: the value was changed or written under another key.
        """
        return crypto.decrypt_field(
            "mfa_authenticator", "data", "seed", bytes.fromhex(encrypted_text)
        )


class SessionsAdapter(DefaultUserSessionsAdapter):
    """Sessions that a person ends from another one."""

    def end_sessions(self, sessions_to_end: Iterable[UserSession]) -> None:
        """End the person's other sessions; one event says how many."""
        rows = list(sessions_to_end)
        if rows:
            owner = rows[0].user
            keys = [row.session_key for row in rows]
            sessions.revoke(actor=owner, user_id=owner.pk, session_keys=keys)
