"""Sign-ins that failed or were locked out: events that hold no word of what was typed."""

from __future__ import annotations

from typing import Any

from accounts import crypto
from accounts.models import User
from accounts.selectors import users
from audit.enums import Action, Outcome
from audit.services import events


def record_failure(typed: str) -> None:
    """Write the event of a wrong name or password.

    What was typed as a name may be a password, so only its keyed hash is kept.
    """
    _record(Action.SIGN_IN_FAILED, Outcome.FAILED, typed)


def record_lock_out(typed: str) -> None:
    """Write the event of a try that was not even looked at, after too many failed ones."""
    _record(Action.LOCKED_OUT, Outcome.REFUSED, typed)


def record_factor_failure(user: User | None, kind: str) -> None:
    """Write the event of a wrong code, or of a passkey that did not fit."""
    events.record(
        action=Action.SECOND_FACTOR_FAILED,
        actor=user,
        outcome=Outcome.FAILED,
        **_subject(user.pk if user else None),
        detail={"kind": kind},
    )


def record_factor_lock_out(user: User) -> None:
    """Write the event of a code that was not even looked at, after too many wrong ones."""
    events.record(
        action=Action.LOCKED_OUT,
        actor=user,
        outcome=Outcome.REFUSED,
        **_subject(user.pk),
        detail={"step": "second_factor"},
    )


def record_too_many(route: str) -> None:
    """Write the event of a request to a page of sign-in beyond how often it may be asked."""
    events.record(
        action=Action.LOCKED_OUT,
        outcome=Outcome.REFUSED,
        subject_type="route",
        subject_id=route,
    )


def _record(action: Action, outcome: Outcome, typed: str) -> None:
    events.record(
        action=action,
        outcome=outcome,
        **_subject(users.find_id(typed)),
        detail={"sign_in": crypto.keyed_hash(typed)},
    )


def _subject(user_id: int | None) -> dict[str, Any]:
    return {"subject_type": "user", "subject_id": user_id} if user_id else {}
