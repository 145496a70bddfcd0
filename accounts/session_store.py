"""Where sessions lie: Django's own table, read by one fixed statement, as every request does it."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends import db
from django.db import connection
from django.utils import timezone

READ = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(db.SessionStore):
    """Django's store; what it writes and how it reads values stays as it is."""

    def load(self) -> dict[str, Any]:
        """Return the session's values; none where it is gone or over."""
        with connection.cursor() as cursor:
            cursor.execute(READ, [self.session_key, timezone.now()])
            row = cursor.fetchone()
        if row is None:
            self._session_key = None
            return {}
        values: dict[str, Any] = self.decode(row[0])
        return values
