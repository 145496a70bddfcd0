"""Sign-in, sign-out and second factors, written to the trail as they happen."""

from __future__ import annotations

import time
from typing import Any

from allauth.account import signals as account_signals
from allauth.mfa import signals as mfa_signals
from django.contrib.auth import signals as auth_signals
from django.dispatch import receiver
from django.http import HttpRequest

from accounts import crypto
from accounts.middleware import ACTIVE, HAS_FACTOR, STARTED
from accounts.models import User
from audit.enums import Action, Outcome
from audit.services import events


@receiver(auth_signals.user_logged_in)
def record_sign_in(request: HttpRequest, user: User, **_: Any) -> None:
    """Start the session's clocks and write the event."""
    request.session[STARTED] = request.session[ACTIVE] = int(time.time())
    request.session.pop(HAS_FACTOR, None)
    events.record(action=Action.SIGNED_IN, actor=user)


@receiver(auth_signals.user_logged_out)
def record_sign_out(request: HttpRequest, user: User | None, **_: Any) -> None:
    """Write the event; an expiry has already written its own."""
    if user is not None and not request.session.get("is_expiring"):
        events.record(action=Action.SIGNED_OUT, actor=user)


@receiver(auth_signals.user_login_failed)
def record_failure(credentials: dict[str, Any], **_: Any) -> None:
    """Write the event with a keyed hash of what was typed: it may be a password."""
    typed = str(credentials.get("username") or credentials.get("email") or "").lower()
    known = User.objects.filter(username__iexact=typed).values_list("pk", flat=True).first()
    events.record(
        action=Action.SIGN_IN_FAILED,
        outcome=Outcome.FAILED,
        subject_type="user" if known else "",
        subject_id=known or "",
        detail={"sign_in": crypto.keyed_hash(typed)},
    )


@receiver(mfa_signals.authentication_failed)
def record_factor_failure(user: User, **_: Any) -> None:
    """Write the event of a wrong code or passkey."""
    events.record(action=Action.SECOND_FACTOR_FAILED, actor=user, outcome=Outcome.FAILED)


@receiver(mfa_signals.authenticator_added)
def record_factor_added(user: User, authenticator: Any, **_: Any) -> None:
    """Write the event of a new second factor."""
    events.record(
        action=Action.SECOND_FACTOR_ADDED, actor=user, detail={"kind": authenticator.type}
    )


@receiver(mfa_signals.authenticator_removed)
def record_factor_removed(user: User, authenticator: Any, **_: Any) -> None:
    """Write the event of a removed second factor."""
    events.record(
        action=Action.SECOND_FACTOR_REMOVED, actor=user, detail={"kind": authenticator.type}
    )


@receiver(account_signals.password_changed)
@receiver(account_signals.password_set)
def record_password(user: User, **_: Any) -> None:
    """Write the event of a new password."""
    events.record(action=Action.PASSWORD_CHANGED, actor=user)
