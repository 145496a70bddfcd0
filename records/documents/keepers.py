"""Who keeps bytes in the vault: rows of this room, and of the rooms above that register.

What is registered here is read again by `verify_vault`. Whether bytes have a row at all is not
left to registration: every table with a `storage_name` is asked, so that a room which forgot to
register loses nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Model

from records.documents.models import DocumentVersion, UnfiledFile
from records.documents.services import storing
from records.documents.vault.files import Place

AT_ONCE = 500


@dataclass(frozen=True)
class Keeper:
    """A table whose rows stand for bytes in the vault, and how a row's bytes open."""

    model: type[Model]
    subject_type: str
    place_of: Callable[[Any], Place]


_keepers: dict[str, Keeper] = {}


def register(keeper: Keeper) -> None:
    """Let `verify_vault` read the bytes of these rows."""
    _keepers[keeper.subject_type] = keeper


def registered() -> list[Keeper]:
    """Return all keepers, by name."""
    return [keeper for _, keeper in sorted(_keepers.items())]


def list_rows(keeper: Keeper, *, sample: int | None = None) -> Iterator[Any]:
    """Yield the rows whose bytes should be readable; with `sample`, so many at random."""
    rows = keeper.model._default_manager.filter(wrapped_key__isnull=False)
    if sample is not None:
        return iter(rows.order_by("?")[:sample])
    return rows.order_by("pk").iterator(chunk_size=AT_ONCE)


def which_known(names: list[str]) -> set[str]:
    """Return which of these names of the vault have a row that still stands for bytes."""
    known: set[str] = set()
    for model in stored_models():
        rows = model._default_manager.filter(storage_name__in=names, bytes_removed_at__isnull=True)
        known.update(rows.values_list("storage_name", flat=True))
    return known


def stored_models() -> Iterable[type[Model]]:
    """Return every table of the house that names bytes in the vault."""
    return [
        model
        for model in apps.get_models()
        if any(field.name == "storage_name" for field in model._meta.get_fields())
    ]


def register_own() -> None:
    """Register this room's tables."""
    register(Keeper(DocumentVersion, "document_version", storing.place_of))
    register(Keeper(UnfiledFile, "unfiled", storing.place_of))
