"""The key of each document version, and the key that wraps it.

Every version has a streaming keyset of its own, kept beside its row, wrapped by the
key-encryption keyset of the settings and bound to the version's identity. Erasing the wrapped
key makes the bytes unreadable wherever copies of them are; rotating wraps again and leaves the
bytes alone.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import tink
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from tink import aead, streaming_aead

from accounts import crypto
from records.documents.faults import VaultKeyRefused

WRAPPING_TEMPLATE = aead.aead_key_templates.AES256_GCM
DOCUMENT_TEMPLATE = streaming_aead.streaming_aead_key_templates.AES256_GCM_HKDF_1MB

aead.register()
streaming_aead.register()


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A document's key under the key-encryption key `key_id`; safe to keep in the database."""

    content: bytes
    key_id: str


def new_document_key() -> tink.KeysetHandle:
    """Return a fresh key for one document version."""
    return tink.new_keyset_handle(DOCUMENT_TEMPLATE)


def wrap(key: tink.KeysetHandle, identity: str) -> WrappedKey:
    """Return the key wrapped for the document version `identity`.

    Raises:
        ImproperlyConfigured: VAULT_KEYSET is missing or not a keyset.
    """
    wrapped = tink.proto_keyset_format.serialize_encrypted(
        key, _wrapping(settings.VAULT_KEYSET), _bound(identity)
    )
    return WrappedKey(bytes(wrapped), primary_key_id())


def unwrap(wrapped: bytes, identity: str) -> tink.KeysetHandle:
    """Return the document's key.

    Raises:
        VaultKeyRefused: altered, of another document, or wrapped by a key that is gone.
        ImproperlyConfigured: VAULT_KEYSET is missing or not a keyset.
    """
    try:
        return tink.proto_keyset_format.parse_encrypted(
            bytes(wrapped), _wrapping(settings.VAULT_KEYSET), _bound(identity)
        )
    except (tink.TinkError, ValueError) as error:
        raise VaultKeyRefused(identity) from error


def rewrap(wrapped: bytes, identity: str) -> WrappedKey:
    """Return the same key under the present key-encryption key.

    Raises:
        VaultKeyRefused: it does not open.
    """
    return wrap(unwrap(wrapped, identity), identity)


def primary_key_id() -> str:
    """Return the id of the present key-encryption key; rows with another id want rewrapping."""
    _wrapping(settings.VAULT_KEYSET)
    return crypto.primary_id(settings.VAULT_KEYSET)


def new_vault_keyset() -> str:
    """Return a fresh VAULT_KEYSET."""
    return crypto.new_keyset(WRAPPING_TEMPLATE)


def rotated_vault_keyset(keyset: str) -> str:
    """Return the keyset with a fresh key in front, to be set before rewrapping."""
    return crypto.with_new_primary(keyset, WRAPPING_TEMPLATE)


@functools.lru_cache(maxsize=4)
def _wrapping(keyset: str) -> aead.Aead:
    try:
        return crypto.read_keyset(keyset, "VAULT_KEYSET").primitive(aead.Aead)
    except tink.TinkError:
        raise ImproperlyConfigured("VAULT_KEYSET holds keys of another kind") from None


def _bound(identity: str) -> bytes:
    return b"document key\x00" + identity.encode()
