"""The patients whose charts a person opened last: what the log knows, as the person may see it."""

from __future__ import annotations

from datetime import datetime, timedelta

from accounts.models import User
from audit.selectors import opened
from records.access.selectors import scopes
from records.patients.selectors.lines import DirectoryLine, get_visible_lines

MOST = 20
# Who comes back from leave does not start among the patients of a month ago.
KEPT = timedelta(days=14)


def list_recent(user: User, *, now: datetime) -> list[DirectoryLine]:
    """Return the patients last opened that may still be opened, the last one first.

    A change of the person's roles empties the list: other work begins.
    """
    since = now - KEPT
    since = opened.get_roles_changed_at(user.pk, since=since) or since
    found = opened.list_opened(user.pk, since=since, most=MOST)
    if not found:
        return []
    lines = get_visible_lines(found, scopes.list_scope(user))
    return [line for line in lines if line.can_open]
