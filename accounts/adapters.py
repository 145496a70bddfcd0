"""Where allauth meets the house: no self-registration, every lock-out an event, seeds encrypted."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from accounts import crypto
from accounts.models import User
from audit.enums import Action, Outcome
from audit.services import events
from audit.writes import attributing


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in rules of the house."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody registers themselves; an administrator makes each sign-in."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the try; when the limit is reached, say so in the trail.

        Raises:
            ValidationError: too many failed sign-ins for this name or address.
        """
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            events.record(
                action=Action.LOCKED_OUT,
                outcome=Outcome.REFUSED,
                detail={"sign_in": crypto.keyed_hash(str(credentials.get("username", "")).lower())},
            )
            raise

    def set_password(self, user: User, password: str) -> None:
        """Set a password the person chose, which ends the duty to replace the first one."""
        with attributing(user):
            user.must_change_password = False
            super().set_password(user, password)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send no mail about sign-ins: what happened stands in the trail."""


class MFAAdapter(DefaultMFAAdapter):
    """Seeds and recovery codes are stored encrypted."""

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
