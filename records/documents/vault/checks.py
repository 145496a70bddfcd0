"""Finds what is damaged, missing or left over in the vault."""

from __future__ import annotations

import enum
import itertools
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from django.core.files.storage import storages

from records.documents.faults import VaultDamaged, VaultKeyRefused, VaultMissing
from records.documents.vault import files, streams
from records.documents.vault.files import Place
from records.documents.vault.storages import StoredObject

BATCH = 1000


class Fixity(enum.StrEnum):
    """What reading a document whole and hashing it again showed."""

    INTACT = "INTACT"
    DAMAGED = "DAMAGED"
    MISSING = "MISSING"
    KEY_REFUSED = "KEY_REFUSED"


def check_fixity(place: Place, sha256: str, size: int) -> Fixity:
    """Read the original whole and compare it with the fixity value of its row.

    Raises:
        VaultUnavailable: the store cannot be reached, which says nothing of the document.
    """
    try:
        measured = streams.measure(files.stream(place))
    except VaultMissing:
        return Fixity.MISSING
    except VaultKeyRefused:
        return Fixity.KEY_REFUSED
    except VaultDamaged:
        return Fixity.DAMAGED
    return Fixity.INTACT if measured == streams.Measured(size, sha256) else Fixity.DAMAGED


def list_objects() -> Iterator[StoredObject]:
    """Yield every object of the store, with its encrypted size and when it was written.

    Raises:
        VaultUnavailable: the store cannot be read.
    """
    storage: Any = storages[files.ALIAS]
    with files.known_errors():
        yield from storage.walk()


def leftovers(
    which_known: Callable[[list[str]], Iterable[str]], before: datetime
) -> Iterator[StoredObject]:
    """Yield the objects written before `before` that no row knows.

    `which_known` is given up to a thousand version names and returns those that have rows.
    A write in progress is younger than any sensible `before`.

    Raises:
        VaultUnavailable: the store cannot be read.
    """
    old = (item for item in list_objects() if item.modified_at < before)
    folders = ((name, list(items)) for name, items in itertools.groupby(old, folder_of))
    while batch := list(itertools.islice(folders, BATCH)):
        known = set(which_known([name for name, _ in batch if name]))
        for name, items in batch:
            if name not in known:
                yield from items


def folder_of(item: StoredObject) -> str:
    """Return the version's name that the object belongs to, empty for an interrupted write's."""
    folder = item.name.rpartition("/")[0]
    return folder if files.FOLDER.fullmatch(folder) else ""


def remove(item: StoredObject) -> None:
    """Delete one left-over object.

    Raises:
        VaultUnavailable: the store refuses.
    """
    with files.known_errors():
        storages[files.ALIAS].delete(item.name)
