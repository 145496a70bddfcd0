"""Who changed a request after a page of it was loaded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from accounts.selectors import users
from audit.selectors import changes
from requests_release.models import Request

TABLE = "requests_release_request"
MOST = 5


@dataclass(frozen=True)
class Change:
    """One saving of a request: by whom, when, and in which columns."""

    person_id: int | None
    name: str
    at: datetime
    columns: tuple[str, ...]


def list_since(request: Request, version: int) -> list[Change]:
    """Return what was saved after `version`, newest first, at most the last few.

    Every saving takes the request to its next version and leaves one row in the trail.
    """
    count = min(max(request.version - version, 0), MOST)
    found = changes.list_row_updates(TABLE, request.pk, most=count)
    names = users.map_names({one.actor_id for one in found if one.actor_id})
    return [
        Change(one.actor_id, names.get(one.actor_id or 0, ""), one.occurred_at, tuple(one.columns))
        for one in found
    ]
