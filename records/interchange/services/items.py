"""Remembers what was imported, in the transaction that wrote it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from accounts.models import User
from audit.writes import attributed
from records.interchange.enums import ItemKind
from records.interchange.models import ImportedItem
from records.interchange.selectors.items import aliases_of, key_of
from records.interchange.services.orders import Order


def add(
    order: Order,
    *,
    source_key: str,
    kind: ItemKind,
    source_hash: str,
    patient_id: int | None = None,
    object_id: int | None = None,
    aliases: Iterable[str] = (),
    **more: Any,
) -> ImportedItem:
    """Remember something new; called inside the transaction that wrote its row.

    Raises:
        IntegrityError: another import of the same thing was faster; all of it is rolled back.
    """
    now = timezone.now()
    return ImportedItem.objects.create(
        feed=order.feed,
        source_key=key_of(source_key),
        kind=kind,
        patient_id=patient_id,
        object_id=object_id,
        source_hash=source_hash,
        aliases=aliases_of(aliases),
        run=order.run,
        first_imported_at=now,
        last_imported_at=now,
        **more,
    )


def change(order: Order, item: ImportedItem, *, aliases: Iterable[str] = (), **facts: Any) -> None:
    """Remember what something says now; names by which it was known before stay."""
    for name, value in facts.items():
        setattr(item, name, value)
    item.aliases = aliases_of([*item.aliases, *aliases])
    item.run, item.last_imported_at = order.run, timezone.now()
    item.save(update_fields=[*facts, "aliases", "run", "last_imported_at"])


@attributed
def touch(*, actor: User, items: Iterable[ImportedItem]) -> int:
    """Remember that things were met again as they are known; return how many."""
    ids = [item.pk for item in items]
    if not ids:
        return 0
    return ImportedItem.objects.filter(pk__in=ids).update(last_imported_at=timezone.now())
