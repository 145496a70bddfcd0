"""The keys under which a person's browser keeps what was typed and not yet sent.

Drafts hold patients' data, so a workstation keeps them only sealed. A key is of one person and
one day, is worked out and stored nowhere, and is told to that person's signed-in pages alone: what
was typed the day before yesterday can be opened by nobody.
"""

from __future__ import annotations

from base64 import b64encode
from datetime import date, timedelta

from accounts.crypto import blind_index
from accounts.models import User

KIND = "draft"


def list_draft_keys(user: User, *, today: date) -> list[str]:
    """Return the key of `today` and the one of the day before, 32 bytes each, in base64.

    Raises:
        ImproperlyConfigured: INDEX_KEYSET is missing or not a keyset.
    """
    return [_key(user, day) for day in (today, today - timedelta(days=1))]


def _key(user: User, day: date) -> str:
    return b64encode(blind_index(KIND, f"{user.pk} {day.isoformat()}")).decode()
