import dataclasses
import hashlib
import re
import shutil

import pytest

from records.documents.errors import (
    VaultDamaged,
    VaultKeyRefused,
    VaultMissing,
    VaultUnavailable,
)
from records.documents.vault import files, keys
from records.documents.vault.files import Place

CONTENT = b"%PDF-1.7 a patient's page" * 100


def kept(identity="version:1", content=CONTENT):
    stored = files.keep(content, identity=identity)
    return stored, Place(stored.name, stored.wrapped_key, identity)


def test_keep_returns_what_the_row_needs_and_read_gives_the_bytes_back(vault):
    stored, place = kept()

    assert re.fullmatch(r"[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{32}", stored.name)
    assert stored.name[:5].replace("/", "") == stored.name[6:10]
    assert stored.sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert stored.size == len(CONTENT)
    assert stored.key_id == keys.primary_key_id()
    assert files.read(place) == CONTENT


def test_keep_leaves_one_encrypted_file_for_its_owner_only(vault):
    stored, _ = kept()

    found = [path for path in vault.rglob("*") if path.is_file()]

    assert found == [vault / stored.name / "original"]
    assert found[0].stat().st_mode & 0o777 == 0o600
    assert found[0].parent.stat().st_mode & 0o777 == 0o700
    assert CONTENT[:20] not in found[0].read_bytes()


def test_keep_same_bytes_twice_makes_two_objects_under_two_names(vault):
    first, second = kept()[0], kept()[0]

    assert first.name != second.name
    assert (vault / first.name / "original").read_bytes() != (
        vault / second.name / "original"
    ).read_bytes()


def test_keep_takes_an_upload_by_chunks(vault):
    stored, place = kept(content=iter([b"one", b"two"]))

    assert (stored.size, files.read(place)) == (6, b"onetwo")


def test_stream_gives_chunks_of_a_megabyte(vault):
    content = b"x" * (2 * 1024 * 1024 + 5)
    _, place = kept(content=content)

    sizes = [len(chunk) for chunk in files.stream(place)]

    assert sum(sizes) == len(content)
    assert max(sizes) <= 1024 * 1024


def test_derived_is_kept_beside_and_replaced(vault):
    stored, place = kept()

    assert files.keep_derived(place, "page-1-110", b"first") == 5
    assert files.keep_derived(place, "page-1-110", b"second") == 6

    assert files.read(place, "page-1-110") == b"second"
    assert files.read(place) == CONTENT
    names = sorted(path.name for path in (vault / stored.name).iterdir())
    assert names == ["original", "page-1-110"]


def test_has_tells_what_is_there(vault):
    _, place = kept()

    assert (files.has(place), files.has(place, "page-1")) == (True, False)


@pytest.mark.parametrize("label", ["", "../original", "a/b", "Page", "x" * 65, ".hidden"])
def test_odd_label_is_refused(vault, label):
    _, place = kept()

    with pytest.raises(ValueError, match="not a label"):
        files.keep_derived(place, label, b"x")
    with pytest.raises(ValueError, match="not a label"):
        files.read(place, label)
    with pytest.raises(ValueError, match="not a label"):
        files.has(place, label)


@pytest.mark.goal("G-53")
def test_any_wrong_byte_of_the_stored_file_is_detected(vault):
    stored, place = kept(content=b"short")
    path = vault / stored.name / "original"
    whole = path.read_bytes()

    for at in range(len(whole)):
        path.write_bytes(bytes([*whole[:at], whole[at] ^ 1, *whole[at + 1 :]]))
        with pytest.raises(VaultDamaged):
            files.read(place)
    path.write_bytes(whole)

    assert files.read(place) == b"short"


@pytest.mark.goal("G-53")
def test_bytes_swapped_between_documents_are_detected(vault):
    (first, first_place), (second, second_place) = kept("version:1"), kept("version:2", b"other")
    here, there = vault / first.name / "original", vault / second.name / "original"
    here_bytes, there_bytes = here.read_bytes(), there.read_bytes()
    here.write_bytes(there_bytes)
    there.write_bytes(here_bytes)

    for place in (first_place, second_place):
        with pytest.raises(VaultDamaged):
            files.read(place)


@pytest.mark.goal("G-53")
def test_whole_rows_swapped_between_documents_are_detected(vault):
    (_, first), (_, second) = kept("version:1"), kept("version:2")

    with pytest.raises(VaultKeyRefused):
        files.read(dataclasses.replace(first, identity=second.identity))
    with pytest.raises(VaultDamaged):
        files.read(dataclasses.replace(first, name=second.name))
    with pytest.raises(VaultKeyRefused):
        files.read(dataclasses.replace(first, wrapped_key=second.wrapped_key))


@pytest.mark.goal("G-53")
def test_derived_objects_swapped_within_a_document_are_detected(vault):
    stored, place = kept()
    files.keep_derived(place, "page-1", b"one")
    files.keep_derived(place, "page-2", b"two")
    shutil.copy(vault / stored.name / "page-1", vault / stored.name / "page-2")
    shutil.copy(vault / stored.name / "page-1", vault / stored.name / "original")

    for label in ("page-2", files.ORIGINAL):
        with pytest.raises(VaultDamaged):
            files.read(place, label)


def test_erase_removes_original_and_all_derived_and_again_does_no_harm(vault):
    stored, place = kept()
    other, other_place = kept("version:2")
    files.keep_derived(place, "page-1", b"one")

    assert files.erase(stored.name) == 2
    assert files.erase(stored.name) == 0

    assert [path for path in vault.rglob("*") if path.is_file()] == [
        vault / other.name / "original"
    ]
    assert not (vault / stored.name).exists()
    assert files.read(other_place) == CONTENT
    with pytest.raises(VaultMissing):
        files.read(place)


@pytest.mark.parametrize("name", ["", ".", "ab", "../../etc", "ab/cd/xyz", "ab/cd/" + "0" * 31])
def test_erase_refuses_what_is_no_name_of_the_vault(vault, name):
    kept()

    with pytest.raises(ValueError, match="not a name of the vault"):
        files.erase(name)

    assert len([path for path in vault.rglob("*") if path.is_file()]) == 1


def test_read_of_what_is_not_there_says_missing(vault):
    _, place = kept()

    with pytest.raises(VaultMissing):
        files.read(dataclasses.replace(place, name=files.new_name()))


def test_erased_key_makes_every_copy_unreadable(vault):
    stored, place = kept()
    copy = (vault / stored.name / "original").read_bytes()

    with pytest.raises(VaultKeyRefused):
        files.read(dataclasses.replace(place, wrapped_key=b""))

    assert copy == (vault / stored.name / "original").read_bytes()


def test_store_that_changes_the_name_is_not_believed(vault, monkeypatch):
    monkeypatch.setattr(
        "records.documents.vault.storages.LocalVault._save", lambda self, name, content: "other"
    )

    with pytest.raises(VaultUnavailable):
        kept()
