import json

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import HealthCheck, given, strategies
from hypothesis import settings as effort

from accounts import crypto

SSN = "123-45-6789"


@pytest.fixture(autouse=True)
def keysets(settings):
    settings.FIELD_KEYSET = crypto.new_field_keyset()
    settings.INDEX_KEYSET = crypto.new_index_keyset()


@pytest.mark.parametrize("text", ["", SSN, "José Ñ 名前", "x" * 10_000])
def test_field_encrypted_and_decrypted_is_unchanged(text):
    stored = crypto.encrypt_field("patients_identifier", "value", 7, text)

    assert crypto.decrypt_field("patients_identifier", "value", 7, stored) == text
    assert text == "" or text.encode() not in stored


def test_field_encrypted_twice_looks_different():
    first, second = (crypto.encrypt_field("t", "c", 1, SSN) for _ in range(2))

    assert first != second


def test_field_read_as_memoryview_opens():
    stored = crypto.encrypt_field("t", "c", 1, SSN)

    assert crypto.decrypt_field("t", "c", 1, memoryview(stored)) == SSN


@pytest.mark.goal("G-53")
@pytest.mark.parametrize(
    "place",
    [
        ("patients_identifier", "value", 8),
        ("patients_identifier", "other", 7),
        ("patients_name", "value", 7),
        ("patients_identifier.value", "", 7),
        ("patients_identifie", "rvalue", 7),
    ],
)
def test_field_moved_elsewhere_does_not_open(place):
    stored = crypto.encrypt_field("patients_identifier", "value", 7, SSN)

    with pytest.raises(crypto.FieldDamaged):
        crypto.decrypt_field(*place, stored)


@pytest.mark.goal("G-53")
def test_field_with_any_byte_changed_does_not_open():
    stored = crypto.encrypt_field("t", "c", 1, SSN)

    for at in range(len(stored)):
        for flip in (0x01, 0x80, 0xFF):
            changed = bytes([*stored[:at], stored[at] ^ flip, *stored[at + 1 :]])
            with pytest.raises(crypto.FieldDamaged):
                crypto.decrypt_field("t", "c", 1, changed)


@pytest.mark.goal("G-53")
@effort(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(stored=strategies.binary(max_size=100))
def test_field_of_any_other_bytes_does_not_open(stored):
    with pytest.raises(crypto.FieldDamaged):
        crypto.decrypt_field("t", "c", 1, stored)


def test_plain_text_put_in_the_column_is_not_taken_for_the_value():
    with pytest.raises(crypto.FieldDamaged):
        crypto.decrypt_field("t", "c", 1, SSN.encode())


def test_damaged_field_error_names_the_place_but_not_the_value():
    stored = crypto.encrypt_field("t", "c", 1, SSN)

    with pytest.raises(crypto.FieldDamaged) as caught:
        crypto.decrypt_field("t", "c", 2, stored)

    assert str(caught.value) == "t.c of row 2"


def test_rotated_field_keyset_opens_old_values_and_writes_new_ones(settings):
    old_keyset = settings.FIELD_KEYSET
    stored = crypto.encrypt_field("t", "c", 1, SSN)

    settings.FIELD_KEYSET = crypto.with_new_primary(old_keyset, crypto.FIELD_TEMPLATE)
    fresh = crypto.encrypt_field("t", "c", 1, SSN)

    assert crypto.decrypt_field("t", "c", 1, stored) == SSN
    assert crypto.decrypt_field("t", "c", 1, fresh) == SSN
    assert crypto.primary_id(settings.FIELD_KEYSET) != crypto.primary_id(old_keyset)
    settings.FIELD_KEYSET = old_keyset
    with pytest.raises(crypto.FieldDamaged):
        crypto.decrypt_field("t", "c", 1, fresh)


def test_blind_index_is_equal_for_equal_text_and_kind_only():
    base = crypto.blind_index("SSN", SSN)

    assert len(base) == crypto.PRF_BYTES
    assert crypto.blind_index("SSN", SSN) == base
    assert crypto.blind_index("SSN", "123-45-6780") != base
    assert crypto.blind_index("MBI", SSN) != base
    assert crypto.blind_index("SSN1", SSN[1:]) != crypto.blind_index("SSN", "1" + SSN[1:])


def test_blind_index_needs_the_key(settings):
    base = crypto.blind_index("SSN", SSN)

    settings.INDEX_KEYSET = crypto.new_index_keyset()

    assert crypto.blind_index("SSN", SSN) != base


def test_blind_indexes_after_rotation_look_for_present_then_retired_hash(settings):
    old = crypto.blind_index("SSN", SSN)

    settings.INDEX_KEYSET = crypto.with_new_primary(settings.INDEX_KEYSET, crypto.INDEX_TEMPLATE)

    assert crypto.blind_indexes("SSN", SSN) == [crypto.blind_index("SSN", SSN), old]
    assert old != crypto.blind_index("SSN", SSN)


def test_keyed_hash_is_hex_and_apart_from_indexes():
    assert crypto.keyed_hash("smith") == crypto.blind_index("search term", "smith").hex()
    assert len(crypto.keyed_hash("smith")) == 2 * crypto.PRF_BYTES


@pytest.mark.parametrize(
    ("setting", "use"),
    [
        ("FIELD_KEYSET", lambda: crypto.encrypt_field("t", "c", 1, SSN)),
        ("FIELD_KEYSET", lambda: crypto.decrypt_field("t", "c", 1, b"x")),
        ("INDEX_KEYSET", lambda: crypto.blind_index("SSN", SSN)),
        ("INDEX_KEYSET", lambda: crypto.blind_indexes("SSN", SSN)),
    ],
)
@pytest.mark.parametrize("value", ["", "secret-but-no-keyset", "{}", '{"primaryKeyId":1,"key":[]}'])
def test_missing_or_odd_keyset_is_refused_without_repeating_it(settings, setting, use, value):
    setattr(settings, setting, value)

    with pytest.raises(ImproperlyConfigured) as caught:
        use()

    assert setting in str(caught.value)
    assert "secret" not in str(caught.value)


def test_keyset_of_another_kind_is_refused(settings):
    settings.FIELD_KEYSET = crypto.new_index_keyset()

    with pytest.raises(ImproperlyConfigured, match="FIELD_KEYSET holds keys of another kind"):
        crypto.encrypt_field("t", "c", 1, SSN)


def test_with_new_primary_keeps_the_old_keys():
    keyset = crypto.new_field_keyset()

    rotated = json.loads(crypto.with_new_primary(keyset, crypto.FIELD_TEMPLATE))

    assert rotated["key"][0]["keyId"] == json.loads(keyset)["primaryKeyId"]
    assert rotated["primaryKeyId"] == rotated["key"][1]["keyId"]
    assert len(rotated["key"]) == 2


def test_with_new_primary_refuses_what_is_no_keyset():
    with pytest.raises(ValueError):
        crypto.with_new_primary("no keyset", crypto.FIELD_TEMPLATE)
