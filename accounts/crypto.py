"""Encryption of single fields, blind indexes for exact search, and the keysets for both.

A field is encrypted with its table, column and row as associated data: a value copied into
another row, or another column, does not open there. What is searched for exactly (a social
security number) has beside it a keyed hash that says nothing without the key.
"""

from __future__ import annotations

import functools
import json

import tink
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from tink import aead, prf, secret_key_access

PRF_BYTES = 32
FIELD_TEMPLATE = aead.aead_key_templates.AES256_GCM
INDEX_TEMPLATE = prf.prf_key_templates.HMAC_SHA256
SEARCH_TERM = "search term"

aead.register()
prf.register()


class FieldDamaged(Exception):
    """An encrypted field does not open: altered, moved from another row, or the key is not ours."""


def encrypt_field(table: str, column: str, row: object, text: str) -> bytes:
    """Return `text` encrypted for just this column of this row.

    Raises:
        ImproperlyConfigured: FIELD_KEYSET is missing or not a keyset.
    """
    place = _place(table, column, row)
    return bytes(_fields(settings.FIELD_KEYSET).encrypt(text.encode(), place))


def decrypt_field(table: str, column: str, row: object, stored: bytes) -> str:
    """Return the text of an encrypted field.

    Raises:
        FieldDamaged: altered, from another place, or encrypted under a key that is gone.
        ImproperlyConfigured: FIELD_KEYSET is missing or not a keyset.
    """
    place = _place(table, column, row)
    try:
        return bytes(_fields(settings.FIELD_KEYSET).decrypt(bytes(stored), place)).decode()
    except tink.TinkError as error:
        raise FieldDamaged(f"{table}.{column} of row {row}") from error


def blind_index(kind: str, text: str) -> bytes:
    """Return the keyed hash to store beside an encrypted value; equal text, equal hash.

    `kind` keeps the hashes of different things apart. The caller brings the text to one form.

    Raises:
        ImproperlyConfigured: INDEX_KEYSET is missing or not a keyset.
    """
    return bytes(_index(settings.INDEX_KEYSET).primary().compute(_named(kind, text), PRF_BYTES))


def blind_indexes(kind: str, text: str) -> list[bytes]:
    """Return the hashes to look for: the present key's first, then those of retired keys.

    Rows written before a rotation are so found until they are hashed anew.

    Raises:
        ImproperlyConfigured: INDEX_KEYSET is missing or not a keyset.
    """
    keys = _index(settings.INDEX_KEYSET)
    present = keys.primary_id()
    order = sorted(keys.all(), key=lambda key: key != present)
    return [bytes(keys.all()[key].compute(_named(kind, text), PRF_BYTES)) for key in order]


def keyed_hash(text: str, kind: str = SEARCH_TERM) -> str:
    """Return the hash under which the trail keeps a search term, in hex.

    Raises:
        ImproperlyConfigured: INDEX_KEYSET is missing or not a keyset.
    """
    return blind_index(kind, text).hex()


def new_field_keyset() -> str:
    """Return a fresh FIELD_KEYSET."""
    return new_keyset(FIELD_TEMPLATE)


def new_index_keyset() -> str:
    """Return a fresh INDEX_KEYSET."""
    return new_keyset(INDEX_TEMPLATE)


def new_keyset(template: object) -> str:
    """Return a fresh keyset of one key as JSON, to be kept where secrets are kept."""
    handle = tink.new_keyset_handle(template)
    return str(tink.json_proto_keyset_format.serialize(handle, secret_key_access.TOKEN))


def with_new_primary(keyset: str, template: object) -> str:
    """Return the keyset with a fresh key in front; the others still open what they closed.

    Raises:
        ValueError: not a keyset.
    """
    fresh = json.loads(new_keyset(template))
    merged = json.loads(keyset)
    merged["key"] = [*merged["key"], *fresh["key"]]
    merged["primaryKeyId"] = fresh["primaryKeyId"]
    return json.dumps(merged, separators=(",", ":"))


def primary_id(keyset: str) -> str:
    """Return the id of the key that new values are encrypted with.

    Raises:
        ValueError: not a keyset.
    """
    return str(json.loads(keyset)["primaryKeyId"])


def read_keyset(keyset: str, name: str) -> tink.KeysetHandle:
    """Return the keyset of the setting `name`.

    Raises:
        ImproperlyConfigured: empty or not a keyset; the message never repeats the value.
    """
    if not keyset:
        raise ImproperlyConfigured(f"{name} is not set")
    try:
        return tink.json_proto_keyset_format.parse(keyset, secret_key_access.TOKEN)
    except (tink.TinkError, ValueError):
        raise ImproperlyConfigured(f"{name} is not a Tink keyset in JSON") from None


@functools.lru_cache(maxsize=4)
def _fields(keyset: str) -> aead.Aead:
    return _primitive(keyset, "FIELD_KEYSET", aead.Aead)


@functools.lru_cache(maxsize=4)
def _index(keyset: str) -> prf.PrfSet:
    return _primitive(keyset, "INDEX_KEYSET", prf.PrfSet)


def _primitive(keyset: str, name: str, kind: type) -> object:
    try:
        return read_keyset(keyset, name).primitive(kind)
    except tink.TinkError:
        raise ImproperlyConfigured(f"{name} holds keys of another kind") from None


def _place(table: str, column: str, row: object) -> bytes:
    return json.dumps([table, column, str(row)]).encode()


def _named(kind: str, text: str) -> bytes:
    return json.dumps([kind, text]).encode()
