"""Sign-in, sign-out and second factors, written to the trail as they happen."""

from __future__ import annotations

import time
from typing import Any

from allauth.account import signals as account_signals
from allauth.mfa import signals as mfa_signals
from allauth.mfa.models import Authenticator
from django.contrib.auth import signals as auth_signals
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.middleware import HAS_FACTOR, IS_ENDED
from accounts.models import User
from accounts.selectors import users
from accounts.services import failures, sessions
from accounts.services.sessions import ACTIVE, STARTED
from audit.enums import Action
from audit.services import events

CODES = Authenticator.Type.RECOVERY_CODES


@receiver(auth_signals.user_logged_in)
def record_sign_in(request: HttpRequest, user: User, **_: Any) -> None:
    """Start the session's clocks and write the event."""
    request.session[STARTED] = request.session[ACTIVE] = int(time.time())
    request.session.pop(HAS_FACTOR, None)
    events.record(action=Action.SIGNED_IN, actor=user)


@receiver(auth_signals.user_logged_out)
def record_sign_out(request: HttpRequest, user: User | None, **_: Any) -> None:
    """Write the event; an end by force or by the clock has already written its own."""
    if user is not None and not getattr(request, IS_ENDED, False):
        events.record(action=Action.SIGNED_OUT, actor=user)


@receiver(auth_signals.user_login_failed)
def record_failure(credentials: dict[str, Any], **_: Any) -> None:
    """Write the event of a wrong name or password."""
    failures.record_failure(users.read_credentials(credentials))


@receiver(account_signals.authentication_step_completed)
def record_fresh_sign_in(user: User, reauthenticated: bool = False, **_: Any) -> None:
    """Write the event of somebody who proved again who they are, for a sensitive step."""
    if reauthenticated:
        events.record(action=Action.REAUTHENTICATED, actor=user)


@receiver(mfa_signals.authenticator_used)
def record_factor_used(user: User, authenticator: Any, **_: Any) -> None:
    """Write the event of a code or passkey that fitted."""
    is_code = authenticator.type == CODES
    action = Action.RECOVERY_CODE_USED if is_code else Action.SECOND_FACTOR_PASSED
    events.record(action=action, actor=user, detail={"kind": authenticator.type})


@receiver(mfa_signals.authentication_failed)
def record_factor_failure(user: User, authenticator: Any, **_: Any) -> None:
    """Write the event of a wrong code."""
    failures.record_factor_failure(user, authenticator.type)


@receiver(mfa_signals.authenticator_added)
@receiver(mfa_signals.authenticator_reset)
def record_factor_added(request: HttpRequest, user: User, authenticator: Any, **_: Any) -> None:
    """Write the event of a new second factor, or of new codes; other sessions end."""
    is_codes = authenticator.type == CODES
    action = Action.RECOVERY_CODES_MADE if is_codes else Action.SECOND_FACTOR_ADDED
    events.record(action=action, actor=user, detail={"kind": authenticator.type})
    sessions.revoke_others(actor=user, kept=request.session.session_key)


@receiver(mfa_signals.authenticator_removed)
def record_factor_removed(request: HttpRequest, user: User, authenticator: Any, **_: Any) -> None:
    """Write the event of a removed second factor; other sessions end, and this one is asked anew.

    The duty to have a factor is looked at again on the next request.
    """
    request.session.pop(HAS_FACTOR, None)
    events.record(
        action=Action.SECOND_FACTOR_REMOVED, actor=user, detail={"kind": authenticator.type}
    )
    sessions.revoke_others(actor=user, kept=request.session.session_key)


@receiver(account_signals.password_changed)
@receiver(account_signals.password_set)
def record_password(request: HttpRequest, user: User, **_: Any) -> None:
    """Write the event of a new password; whoever was signed in elsewhere is signed out."""
    events.record(action=Action.PASSWORD_CHANGED, actor=user)
    sessions.revoke_others(actor=user, kept=request.session.session_key)
