"""After VAULT_KEYSET was rotated: every document's key is wrapped again, its bytes stay.

Only the owner of the tables may; PostgreSQL refuses it to the application. A row that was wrapped
again opens as before, so this may stop anywhere and run again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from accounts.models import User
from audit.enums import Action, Basis, Purpose
from audit.services import events
from audit.writes import attributed
from records.documents import keepers
from records.documents.errors import VaultKeyRefused
from records.documents.keepers import Keeper
from records.documents.vault import keys

AT_ONCE = 200


@dataclass(frozen=True)
class Rewrapped:
    """How many keys were wrapped again, and how many open with no key of the settings."""

    done: int
    refused: int


def rewrap_all(*, actor: User, say: Callable[[str], None]) -> Rewrapped:
    """Wrap every key that another key-encryption key holds under the present one.

    The event tells the new key's id and the numbers; `say` hears of progress.
    """
    found: Counter[str] = Counter()
    for keeper in keepers.registered():
        last = 0
        while batch := _next(keeper, last):
            last = batch[-1]
            found.update(_rewrap(actor=actor, keeper=keeper, ids=batch))
            say(f"{found['done']} keys wrapped again")
    events.record(
        action=Action.SETTING_CHANGED,
        actor=actor,
        subject_type="vault",
        basis=Basis.SYSTEM,
        purpose=Purpose.RECORDS,
        detail={"key": keys.primary_key_id(), "done": found["done"], "refused": found["refused"]},
    )
    return Rewrapped(found["done"], found["refused"])


def _next(keeper: Keeper, last: int) -> list[int]:
    rows = keeper.model._default_manager.filter(wrapped_key__isnull=False, pk__gt=last)
    rows = rows.exclude(key_id=keys.primary_key_id())
    return list(rows.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])


@attributed
def _rewrap(*, actor: User, keeper: Keeper, ids: list[int]) -> Counter[str]:
    rows = keeper.model._default_manager.select_for_update()
    # A key that was erased meanwhile stays erased.
    found = rows.filter(pk__in=ids, wrapped_key__isnull=False).order_by("pk")
    return Counter(_rewrap_row(keeper, row) for row in found)


def _rewrap_row(keeper: Keeper, row: Any) -> str:
    place = keeper.place_of(row)
    try:
        wrapped = keys.rewrap(place.wrapped_key, place.identity)
    except VaultKeyRefused:
        return "refused"
    row.wrapped_key, row.key_id = wrapped.content, wrapped.key_id
    row.save(update_fields=["wrapped_key", "key_id"])
    return "done"
