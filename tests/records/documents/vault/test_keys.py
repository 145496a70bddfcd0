import pytest
from django.core.exceptions import ImproperlyConfigured
from tink import streaming_aead

from accounts import crypto
from records.documents.errors import VaultDamaged, VaultKeyRefused
from records.documents.vault import keys, streams

IDENTITY = "documents_documentversion:1"

pytestmark = pytest.mark.usefixtures("vault")


def plain_of(key, sealed):
    return b"".join(streams.unseal(key, sealed.file, b"ad"))


def test_wrapped_key_unwrapped_opens_what_it_closed():
    key = keys.new_document_key()
    wrapped = keys.wrap(key, IDENTITY)
    sealed = streams.seal(key, b"bytes", b"ad")

    assert plain_of(keys.unwrap(wrapped.content, IDENTITY), sealed) == b"bytes"
    assert wrapped.key_id == keys.primary_key_id()


def test_document_keys_differ():
    sealed = streams.seal(keys.new_document_key(), b"bytes", b"ad")

    with pytest.raises(VaultDamaged):
        plain_of(keys.new_document_key(), sealed)


def test_document_key_is_the_streaming_kind_with_segments_of_a_megabyte():
    keys.new_document_key().primitive(streaming_aead.StreamingAead)

    assert "SegmentSize" not in str(keys.DOCUMENT_TEMPLATE)
    assert keys.DOCUMENT_TEMPLATE.type_url.endswith("AesGcmHkdfStreamingKey")


@pytest.mark.parametrize("identity", ["documents_documentversion:2", "", IDENTITY + " "])
def test_wrapped_key_of_another_document_is_refused(identity):
    wrapped = keys.wrap(keys.new_document_key(), IDENTITY)

    with pytest.raises(VaultKeyRefused):
        keys.unwrap(wrapped.content, identity)


def test_wrapped_key_with_any_byte_changed_is_refused_or_still_the_same_key():
    key = keys.new_document_key()
    wrapped = keys.wrap(key, IDENTITY).content
    refused = 0

    for at in range(len(wrapped)):
        changed = bytes([*wrapped[:at], wrapped[at] ^ 0xFF, *wrapped[at + 1 :]])
        try:
            opened = keys.unwrap(changed, IDENTITY)
        except VaultKeyRefused:
            refused += 1
        else:  # only the note on the outside about the key was hit
            sealed = streams.seal(key, b"bytes", b"ad")
            assert plain_of(opened, sealed) == b"bytes"

    assert refused > 100


@pytest.mark.parametrize("content", [b"", b"x", b"\x00" * 100])
def test_erased_or_odd_wrapped_key_is_refused(content):
    with pytest.raises(VaultKeyRefused):
        keys.unwrap(content, IDENTITY)


def test_rewrap_after_rotation_moves_to_the_new_key_and_leaves_the_bytes(settings):
    key = keys.new_document_key()
    sealed = streams.seal(key, b"bytes", b"ad")
    before = keys.wrap(key, IDENTITY)
    old_keyset = settings.VAULT_KEYSET

    settings.VAULT_KEYSET = keys.rotated_vault_keyset(old_keyset)
    after = keys.rewrap(before.content, IDENTITY)

    assert after.key_id == crypto.primary_id(settings.VAULT_KEYSET) != before.key_id
    assert plain_of(keys.unwrap(after.content, IDENTITY), sealed) == b"bytes"
    settings.VAULT_KEYSET = old_keyset
    with pytest.raises(VaultKeyRefused):
        keys.unwrap(after.content, IDENTITY)


def test_rewrap_needs_the_retired_key_still_there(settings):
    before = keys.wrap(keys.new_document_key(), IDENTITY)

    settings.VAULT_KEYSET = keys.new_vault_keyset()

    with pytest.raises(VaultKeyRefused):
        keys.rewrap(before.content, IDENTITY)


@pytest.mark.parametrize("value", ["", "not a keyset", "{}"])
def test_missing_vault_keyset_is_refused(settings, value):
    settings.VAULT_KEYSET = value

    with pytest.raises(ImproperlyConfigured, match="VAULT_KEYSET"):
        keys.wrap(keys.new_document_key(), IDENTITY)


def test_vault_keyset_of_another_kind_is_refused(settings):
    settings.VAULT_KEYSET = crypto.new_index_keyset()

    with pytest.raises(ImproperlyConfigured, match="keys of another kind"):
        keys.primary_key_id()
