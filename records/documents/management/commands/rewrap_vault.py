from __future__ import annotations

from typing import Any

from accounts.selectors.users import get_system_user
from audit import context
from audit.management.base import JsonCommand
from records.documents.services import rewrapping


class Command(JsonCommand):
    help = (
        "After VAULT_KEYSET got a new key: wrap every document's key again, as the owner. The "
        "stored bytes are not touched; the old key may be taken out of the keyset afterwards."
    )

    def run(self, **options: Any) -> dict[str, Any]:
        """Wrap again, and return how many keys were, and how many could not be."""
        with context.acting(context.system_origin()):
            found = rewrapping.rewrap_all(actor=get_system_user(), say=self.stderr.write)
        return {"rewrapped": found.done, "refused": found.refused}

    def has_finding(self, result: dict[str, Any]) -> bool:
        """Return whether a key opens with none of the keyset."""
        return bool(result["refused"])
