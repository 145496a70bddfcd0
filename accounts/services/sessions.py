"""Sessions of the house: expired on the server's clock, revoked; each end is one event."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction

from accounts.models import User
from accounts.rules import sessions as rules
from audit.enums import Action
from audit.services import events

STARTED = "signed_in_at"
ACTIVE = "active_at"


def is_over(values: Any, now: int | None = None) -> bool:
    """Return whether the session with these stored values has reached a limit of the settings."""
    return rules.is_over(
        started=values.get(STARTED),
        active=values.get(ACTIVE),
        now=int(time.time()) if now is None else now,
        idle_seconds=settings.IDLE_LOGOFF_SECONDS,
        whole_seconds=settings.SESSION_ABSOLUTE_SECONDS,
    )


@transaction.atomic
def expire(*, actor: User, session_key: str) -> bool:
    """End a session that is over; return whether it was still there.

    Of two requests that find it over at the same moment one deletes the row and writes the event.
    """
    if not _delete([session_key]):
        return False
    events.record(action=Action.SESSION_EXPIRED, actor=actor)
    return True


@transaction.atomic
def revoke(*, actor: User, user_id: int, session_keys: Iterable[str] | None = None) -> int:
    """End sessions of a person, all or those named, by force; return how many were alive."""
    if session_keys is None:
        rows = UserSession.objects.filter(user_id=user_id)
        session_keys = rows.values_list("session_key", flat=True)
    ended = _delete(list(session_keys))
    if ended:
        record_revoked(actor=actor, user_id=user_id, count=ended)
    return ended


def revoke_others(*, actor: User, kept: str | None) -> int:
    """End a person's own sessions but the one they are in; return how many were alive."""
    rows = UserSession.objects.filter(user=actor).exclude(session_key=kept or "")
    keys = list(rows.values_list("session_key", flat=True))
    return revoke(actor=actor, user_id=actor.pk, session_keys=keys)


def record_revoked(*, actor: User, user_id: int, count: int) -> None:
    """Write the event of sessions that ended by force."""
    events.record(
        action=Action.SESSION_REVOKED,
        actor=actor,
        subject_type="user",
        subject_id=user_id,
        detail={"sessions": count},
    )


def expire_idle() -> int:
    """End every session that is over although nobody asks with it any more; return how many."""
    people = {row.session_key: row.user for row in UserSession.objects.select_related("user")}
    stored = Session.objects.in_bulk(list(people))
    UserSession.objects.filter(session_key__in=people.keys() - stored.keys()).delete()
    now = int(time.time())
    over = [key for key, row in stored.items() if is_over(row.get_decoded(), now)]
    return sum(expire(actor=people[key], session_key=key) for key in over)


def _delete(session_keys: list[str]) -> int:
    UserSession.objects.filter(session_key__in=session_keys).delete()
    ended, _ = Session.objects.filter(session_key__in=session_keys).delete()
    return ended
