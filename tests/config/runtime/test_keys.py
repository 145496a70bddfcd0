import json
import os

import pytest
import tink
from tink import aead, json_proto_keyset_format, prf, secret_key_access

from config.runtime import keys
from config.runtime.errors import CannotStart


@pytest.fixture
def path(tmp_path):
    return tmp_path / "secrets.json"


def keyset(text):
    return json_proto_keyset_format.parse(text, secret_key_access.TOKEN)


def test_first_start_makes_every_secret_for_its_owner_only(path):
    made = keys.load_or_make(path)

    assert set(made) == {*keys.SETTINGS, *keys.PASSWORDS}
    assert path.stat().st_mode & 0o777 == 0o600
    assert json.loads(path.read_text()) == made
    assert len(bytes.fromhex(made["SEAL_KEY"])) == 32
    assert len(made["SECRET_KEY"]) >= 50
    assert len({made[name] for name in keys.PASSWORDS}) == len(keys.PASSWORDS)
    assert [item.name for item in path.parent.iterdir()] == ["secrets.json"]


def test_second_start_keeps_what_is_there_and_adds_what_is_missing(path):
    made = keys.load_or_make(path)
    partial = {name: value for name, value in made.items() if name != "SEAL_KEY"}
    path.write_text(json.dumps(partial | {"ANOTHER": "kept"}))

    found = keys.load_or_make(path)

    assert {name: found[name] for name in partial} == partial
    assert found["ANOTHER"] == "kept"
    assert found["SEAL_KEY"] != made["SEAL_KEY"]
    assert json.loads(path.read_text()) == found


@pytest.mark.parametrize("name", ["VAULT_KEYSET", "FIELD_KEYSET"])
def test_keysets_encrypt(path, name):
    aead.register()
    primitive = keyset(keys.load_or_make(path)[name]).primitive(aead.Aead)

    assert primitive.decrypt(primitive.encrypt(b"plain", b"row 1"), b"row 1") == b"plain"
    with pytest.raises(tink.TinkError):
        primitive.decrypt(primitive.encrypt(b"plain", b"row 1"), b"row 2")


def test_index_keyset_computes_a_keyed_hash(path):
    prf.register()
    primitive = keyset(keys.load_or_make(path)["INDEX_KEYSET"]).primitive(prf.PrfSet).primary()

    assert primitive.compute(b"123", 16) == primitive.compute(b"123", 16)
    assert primitive.compute(b"123", 16) != primitive.compute(b"124", 16)


def test_damaged_file_is_not_replaced(path):
    path.write_text("{")

    with pytest.raises(CannotStart, match="is not the JSON file of secrets it should be"):
        keys.load_or_make(path)
    assert path.read_text() == "{"


def test_file_in_a_folder_that_is_missing_says_so(tmp_path):
    with pytest.raises(CannotStart, match="cannot be used: No such file or directory"):
        keys.load_or_make(tmp_path / "missing" / "secrets.json")


def test_interrupted_write_leaves_the_old_file(path, monkeypatch):
    made = keys.load_or_make(path)
    path.write_text(json.dumps({name: made[name] for name in keys.SETTINGS}))
    before = path.read_bytes()

    def fail(_number):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)

    with pytest.raises(CannotStart, match="No space left on device"):
        keys.load_or_make(path)
    assert path.read_bytes() == before
