"""How sessions lie in the database: encrypted, for they hold what is not yet done.

A factor that is being set up, and a form that waits while a person signs in again, stand in the
session for minutes; whoever reads the table must not read them.
"""

from __future__ import annotations

import json
from typing import Any

from accounts import crypto

PLACE = ("django_session", "session_data", "")


class SealedSerializer:
    """JSON under the field keyset; a session that does not open counts as none."""

    def dumps(self, values: dict[str, Any]) -> bytes:
        """Return the session's values encrypted."""
        return crypto.encrypt_field(*PLACE, json.dumps(values, separators=(",", ":")))

    def loads(self, stored: bytes) -> dict[str, Any]:
        """Return the session's values.

        Raises:
            FieldDamaged: altered, or written under a key that is gone; Django then begins anew.
        """
        values: dict[str, Any] = json.loads(crypto.decrypt_field(*PLACE, stored))
        return values
