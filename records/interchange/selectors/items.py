"""What has been imported before, found by its name in the source."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable

from records.interchange.enums import ItemKind
from records.interchange.models import ImportedItem
from records.interchange.models.items import LONGEST_KEY


def key_of(source_key: str) -> str:
    """Return the key as it is stored: one too long for an index is told by its digest."""
    if len(source_key) <= LONGEST_KEY:
        return source_key
    kind = source_key.partition("|")[0][:64]
    return f"{kind}|sha256:{hashlib.sha256(source_key.encode()).hexdigest()}"


def aliases_of(aliases: Iterable[str]) -> list[str]:
    """Return the aliases that can be stored, each once, in order."""
    return sorted({alias for alias in aliases if 0 < len(alias) <= LONGEST_KEY})


def get_items(feed: str, source_keys: Collection[str]) -> dict[str, ImportedItem]:
    """Return what is known of a feed under these keys, by key, in one query."""
    found = ImportedItem.objects.filter(
        feed=feed, source_key__in=[key_of(key) for key in source_keys]
    )
    return {item.source_key: item for item in found}


def find_by_aliases(
    feed: str, aliases: Collection[str], kind: ItemKind, *, patient_id: int | None = None
) -> dict[str, ImportedItem]:
    """Return the thing of `kind` that each alias means, in one query.

    An alias that two things share means neither: a guess could file into the wrong chart.
    """
    wanted = set(aliases_of(aliases))
    if not wanted:
        return {}
    items = ImportedItem.objects.filter(feed=feed, kind=kind, aliases__overlap=sorted(wanted))
    if patient_id is not None:
        items = items.filter(patient_id=patient_id)
    found: dict[str, list[ImportedItem]] = {}
    for item in items:
        for alias in wanted.intersection(item.aliases):
            found.setdefault(alias, []).append(item)
    return {alias: many[0] for alias, many in found.items() if len(many) == 1}
