import os
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.storage import storages

from records.documents.errors import VaultUnavailable
from records.documents.vault import checks, files, keys
from records.documents.vault.checks import Fixity
from records.documents.vault.files import Place

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def kept(identity="version:1"):
    stored = files.keep(b"bytes", identity=identity)
    return stored, Place(stored.name, stored.wrapped_key, identity)


def aged(path):
    os.utime(path, (LONG_AGO.timestamp(), LONG_AGO.timestamp()))


def test_fixity_of_an_untouched_document_is_intact(vault):
    stored, place = kept()

    assert checks.check_fixity(place, stored.sha256, stored.size) is Fixity.INTACT


@pytest.mark.parametrize(("sha256", "size"), [("0" * 64, 5), (None, 6)])
def test_fixity_that_differs_from_the_row_is_damaged(vault, sha256, size):
    stored, place = kept()

    assert checks.check_fixity(place, sha256 or stored.sha256, size) is Fixity.DAMAGED


def test_fixity_of_altered_missing_and_keyless_documents(vault, settings):
    stored, place = kept()
    path = vault / stored.name / "original"
    whole = path.read_bytes()

    path.write_bytes(whole[:-1])
    altered = checks.check_fixity(place, stored.sha256, stored.size)
    path.unlink()
    missing = checks.check_fixity(place, stored.sha256, stored.size)
    settings.VAULT_KEYSET = keys.new_vault_keyset()
    keyless = checks.check_fixity(place, stored.sha256, stored.size)

    assert (altered, missing, keyless) == (Fixity.DAMAGED, Fixity.MISSING, Fixity.KEY_REFUSED)


def test_fixity_of_an_unreachable_store_is_not_called_damage(vault, monkeypatch):
    stored, place = kept()

    def fail(self, name, mode="rb"):
        raise OSError("no route")

    monkeypatch.setattr("records.documents.vault.storages.LocalVault._open", fail)

    with pytest.raises(VaultUnavailable):
        checks.check_fixity(place, stored.sha256, stored.size)


def test_leftovers_are_old_objects_without_a_row(vault):
    known, known_place = kept()
    files.keep_derived(known_place, "page-1", b"one")
    orphan, orphan_place = kept("version:2")
    files.keep_derived(orphan_place, "page-1", b"one")
    kept("version:3")  # just being written: no row yet
    (vault / ".incoming" / "cut").write_bytes(b"part")
    for path in (
        vault / known.name / "original",
        vault / known.name / "page-1",
        vault / orphan.name / "original",
        vault / orphan.name / "page-1",
        vault / ".incoming" / "cut",
    ):
        aged(path)
    asked = []

    def which_known(names):
        asked.extend(names)
        return [known.name]

    before = datetime.now(UTC) - timedelta(hours=1)
    found = list(checks.leftovers(which_known, before))

    assert sorted(item.name for item in found) == [
        ".incoming/cut",
        f"{orphan.name}/original",
        f"{orphan.name}/page-1",
    ]
    assert sorted(asked) == sorted([known.name, orphan.name])


def test_leftovers_asks_in_batches(vault, monkeypatch):
    monkeypatch.setattr(checks, "BATCH", 2)
    names = [kept(f"version:{number}")[0].name for number in range(5)]
    calls = []

    found = list(
        checks.leftovers(lambda batch: calls.append(batch) or [], datetime.max.replace(tzinfo=UTC))
    )

    assert [len(batch) for batch in calls] == [2, 2, 1]
    assert {item.name for item in found} == {f"{name}/original" for name in names}


def test_removed_leftover_is_gone(vault):
    stored, place = kept()
    item = next(iter(checks.list_objects()))

    checks.remove(item)

    assert list(checks.list_objects()) == []
    assert not files.has(place)
    assert storages["vault"].exists(stored.name)


def test_list_objects_of_an_unreadable_store_is_unavailable(vault, monkeypatch):
    def fail(self, folder=""):
        raise OSError("no route")
        yield

    monkeypatch.setattr("records.documents.vault.storages.LocalVault.walk", fail)

    with pytest.raises(VaultUnavailable):
        list(checks.list_objects())
