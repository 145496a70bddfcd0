"""Keeping and reading documents' bytes.

A version's objects lie in a folder of a random name that says nothing about them: the original,
and what was derived from it (page images), all under the version's one key, each bound by its
associated data to the version and to what it is. Erasing the folder erases them all.
"""

from __future__ import annotations

import contextlib
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.files import File
from django.core.files.storage import storages

from records.documents.faults import VaultMissing, VaultUnavailable
from records.documents.vault import keys, streams
from records.documents.vault.streams import Content

ALIAS = "vault"
ORIGINAL = "original"
LABEL = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
FOLDER = re.compile(r"([0-9a-f]{2})/([0-9a-f]{2})/([0-9a-f]{32})")


@dataclass(frozen=True, slots=True)
class StoredFile:
    """What the database keeps of a file in the vault."""

    name: str
    sha256: str
    size: int
    wrapped_key: bytes
    key_id: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a version's bytes are and how they open: from its row."""

    name: str
    wrapped_key: bytes
    identity: str


def keep(content: Content, *, identity: str) -> StoredFile:
    """Encrypt and store a new document version's bytes under a fresh key and a random name.

    `identity` names the version for good (its table and key): the bytes and the key open for
    nothing else. When this returns, the bytes are on the disk; the row is written after it, and
    a file without a row is found by `checks.leftovers`.

    Raises:
        VaultUnavailable: the store cannot be written; nothing was kept.
    """
    key = keys.new_document_key()
    wrapped = keys.wrap(key, identity)
    name = new_name()
    sealed = streams.seal(key, content, _associated(identity, ORIGINAL))
    _put(f"{name}/{ORIGINAL}", sealed)
    return StoredFile(name, sealed.sha256, sealed.size, wrapped.content, wrapped.key_id)


def keep_derived(place: Place, label: str, content: bytes) -> int:
    """Store something derived from the version (a page image) beside it; return its plain size.

    Storing the same label again replaces it.

    Raises:
        VaultKeyRefused: the version's key does not open.
        VaultUnavailable: the store cannot be written.
    """
    key = keys.unwrap(place.wrapped_key, place.identity)
    sealed = streams.seal(key, content, _associated(place.identity, _checked(label)))
    _put(f"{place.name}/{label}", sealed)
    return sealed.size


def read(place: Place, label: str = ORIGINAL) -> bytes:
    """Return the plain bytes, verified to the last one before any is returned.

    Raises:
        VaultMissing: no such object.
        VaultDamaged: a byte is not what was written, or the bytes are another document's.
        VaultKeyRefused: the version's key does not open.
        VaultUnavailable: the store cannot be reached.
    """
    return b"".join(stream(place, label))


def stream(place: Place, label: str = ORIGINAL) -> Iterator[bytes]:
    """Yield the plain bytes by chunks, each verified; a cut is noticed only at the end.

    It cannot seek, and must be read to the end before the whole is believed.

    Raises:
        As `read`.
    """
    key = keys.unwrap(place.wrapped_key, place.identity)
    with known_errors():
        file = _storage().open(f"{place.name}/{_checked(label)}")
    with file, known_errors():
        yield from streams.unseal(key, file, _associated(place.identity, label))


def has(place: Place, label: str = ORIGINAL) -> bool:
    """Tell whether the object is in the store, without reading it.

    Raises:
        VaultUnavailable: the store cannot be reached.
    """
    with known_errors():
        return bool(storages[ALIAS].exists(f"{place.name}/{_checked(label)}"))


def erase(name: str) -> int:
    """Delete the version's original and all that was derived from it; return how many files.

    The caller erases the wrapped key first: from then on every copy is unreadable. Erasing again
    does no harm and returns 0.

    Raises:
        ValueError: not a name that this module made.
        VaultUnavailable: the store refuses; some files may remain, so erase again.
    """
    if not FOLDER.fullmatch(name):
        raise ValueError(f"not a name of the vault: {name!r}")
    with known_errors():
        return int(_storage().delete_folder(name))


def new_name() -> str:
    """Return a fresh random folder name, two levels down so that no folder grows large."""
    token = secrets.token_hex(16)
    return f"{token[:2]}/{token[2:4]}/{token}"


def _put(name: str, sealed: streams.Sealed) -> None:
    with sealed.file as file, known_errors():
        saved = storages[ALIAS].save(name, File(file, name=name))
    if saved != name:
        raise VaultUnavailable(f"stored as {saved}, not as {name}")


def _storage() -> Any:
    return storages[ALIAS]


def _checked(label: str) -> str:
    if not LABEL.fullmatch(label):
        raise ValueError(f"not a label: {label!r}")
    return label


def _associated(identity: str, label: str) -> bytes:
    return f"{label}\x00{identity}".encode()


@contextlib.contextmanager
def known_errors() -> Iterator[None]:
    """Raise the store's errors as the vault's.

    Raises:
        VaultMissing: no such object.
        VaultUnavailable: any other failure of the disk or the object store.
    """
    try:
        yield
    except FileNotFoundError as error:
        raise VaultMissing(str(error)) from error
    except OSError as error:
        raise VaultUnavailable(str(error)) from error
