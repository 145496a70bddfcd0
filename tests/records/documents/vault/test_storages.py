import errno
import os
from pathlib import Path

import pytest
from django.core.files.base import ContentFile

from records.documents.errors import VaultUnavailable
from records.documents.vault import files, storages
from records.documents.vault.files import Place
from records.documents.vault.storages import LocalVault


@pytest.fixture
def disk(tmp_path):
    return LocalVault(tmp_path / "disk")


def tree(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_save_writes_whole_and_leaves_nothing_incoming(disk):
    assert disk.save("ab/cd/file", ContentFile(b"bytes")) == "ab/cd/file"

    assert tree(Path(disk.location)) == ["ab/cd/file"]
    with disk.open("ab/cd/file") as file:
        assert file.read() == b"bytes"


def test_save_again_replaces(disk):
    disk.save("one", ContentFile(b"first"))

    assert disk.save("one", ContentFile(b"second")) == "one"

    with disk.open("one") as file:
        assert file.read() == b"second"


@pytest.mark.goal("G-52")
def test_save_flushes_file_before_rename_and_folder_after(disk, monkeypatch):
    seen = []
    real_fsync, real_rename = os.fsync, Path.rename

    def fsync(descriptor):
        path = os.readlink(f"/proc/self/fd/{descriptor}")
        seen.append(("flush", Path(path).name if ".incoming/" not in path else "temporary"))
        real_fsync(descriptor)

    def rename(path, target):
        seen.append(("rename", Path(target).name))
        return real_rename(path, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "rename", rename)

    disk.save("ab/file", ContentFile(b"bytes"))

    assert seen == [
        ("flush", disk.location.rpartition("/")[0].rpartition("/")[2]),
        ("flush", "disk"),
        ("flush", "temporary"),
        ("flush", "disk"),
        ("rename", "file"),
        ("flush", "ab"),
    ]


@pytest.mark.goal("G-52")
@pytest.mark.parametrize(
    "call", ["os.open", "os.fsync", "pathlib.Path.rename", "pathlib.Path.mkdir"]
)
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EROFS])
def test_failure_of_any_disk_call_is_told_and_leaves_nothing(vault, monkeypatch, call, number):
    def fail(*_arguments, **_options):
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patched:
        patched.setattr(call, fail)
        with pytest.raises(VaultUnavailable):
            files.keep(b"bytes", identity="version:1")

    assert not vault.exists() or tree(vault) == []


@pytest.mark.goal("G-52")
def test_failure_of_the_last_flush_is_told_though_the_file_is_there(vault, monkeypatch):
    def fail(folder):
        if len(folder.name) == 32:
            raise OSError(errno.EIO, "lost")

    monkeypatch.setattr(storages, "flush_folder", fail)

    with pytest.raises(VaultUnavailable):
        files.keep(b"bytes", identity="version:1")


@pytest.mark.goal("G-52")
def test_disk_full_while_writing_leaves_no_part(vault, monkeypatch):
    def chunks(self, chunk_size=None):
        yield b"part"
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr("django.core.files.File.chunks", chunks)

    with pytest.raises(VaultUnavailable):
        files.keep(b"bytes", identity="version:1")

    assert tree(vault) == []


def test_unreadable_store_is_unavailable_not_missing(vault, monkeypatch):
    stored = files.keep(b"bytes", identity="version:1")
    place = Place(stored.name, stored.wrapped_key, "version:1")

    def fail(self, name, mode="rb"):
        raise PermissionError(errno.EACCES, "no")

    monkeypatch.setattr(LocalVault, "_open", fail)

    with pytest.raises(VaultUnavailable):
        files.read(place)


def test_delete_of_what_is_not_there_is_no_error(disk):
    disk.delete("ab/none")

    assert not Path(disk.location).exists()


def test_walk_lists_all_files_in_order_also_interrupted_ones(disk):
    for name in ("b/two", "a/one", "c"):
        disk.save(name, ContentFile(b"bytes"))
    (Path(disk.location) / ".incoming" / "left").write_bytes(b"part")

    assert [(item.name, item.size) for item in disk.walk()] == [
        ("c", 5),
        (".incoming/left", 4),
        ("a/one", 5),
        ("b/two", 5),
    ]
    assert [item.name for item in disk.walk("a")] == ["a/one"]
    assert list(disk.walk("none")) == []


def test_walk_skips_a_file_that_goes_away_meanwhile(disk):
    for name in ("a", "b"):
        disk.save(name, ContentFile(b"bytes"))
    walk = disk.walk()

    first = next(walk)
    disk.delete("b")

    assert [first.name, *(item.name for item in walk)] == ["a"]


def test_walk_says_when_a_folder_cannot_be_read(disk, monkeypatch):
    disk.save("a/one", ContentFile(b"bytes"))

    def fail(top, onerror):
        onerror(PermissionError(errno.EACCES, "no"))
        return iter(())

    monkeypatch.setattr(os, "walk", fail)

    with pytest.raises(PermissionError):
        list(disk.walk())


def test_delete_folder_counts_files_and_removes_the_folder(disk):
    disk.save("a/b/one", ContentFile(b"1"))
    disk.save("a/b/two", ContentFile(b"2"))
    disk.save("a/c/three", ContentFile(b"3"))

    assert disk.delete_folder("a/b") == 2
    assert disk.delete_folder("a/b") == 0

    assert tree(Path(disk.location)) == ["a/c/three"]
    assert not (Path(disk.location) / "a/b").exists()
