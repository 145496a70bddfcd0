"""A person's sessions, as their own list of them reads them."""

from __future__ import annotations

from allauth.usersessions.models import UserSession

from accounts.errors import SessionUnknown
from accounts.models import User


def get_own(user: User, session_id: int) -> UserSession:
    """Return one of a person's own sessions.

    Raises:
        SessionUnknown: it is somebody else's, or over.
    """
    session = UserSession.objects.filter(user=user, pk=session_id).first()
    if session is None:
        raise SessionUnknown(session_id)
    return session
