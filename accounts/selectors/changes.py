"""Who changed a row last, in words for somebody whose form was overtaken."""

from __future__ import annotations

from accounts.selectors import users
from audit.selectors import changes
from printing.words import moment

SOMEBODY = "Somebody"


def describe_last_change(table: str, key: int, what: str) -> str:
    """Return who changed the row last and when, as a sentence.

    `what` is what the row is called: `Sam Ito changed this patient on Nov 29, 2026, 10:14.`
    """
    last = next(iter(changes.list_row_updates(table, key, most=1)), None)
    if last is None:
        return f"{SOMEBODY} changed {what} while your form was open."
    names = users.map_names({last.actor_id} if last.actor_id else set())
    name = names.get(last.actor_id or 0, SOMEBODY)
    return f"{name} changed {what} on {moment(last.occurred_at)}, while your form was open."
