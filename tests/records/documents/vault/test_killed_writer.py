"""A process killed while it writes leaves no object that could be taken for a document."""

import os
import signal
import subprocess
import sys
import time

import pytest

from records.documents.vault import checks, files, keys

WRITER = """
import sys, time
from django.conf import settings
settings.configure(
    VAULT_KEYSET=sys.argv[1],
    STORAGES={"vault": {
        "BACKEND": "records.documents.vault.storages.LocalVault",
        "OPTIONS": {"location": sys.argv[2]},
    }},
)
from pathlib import Path
from django.core.files import File
from records.documents.vault import files, storages

def told(point):
    if point == sys.argv[3]:
        print(point, flush=True)
        time.sleep(60)

def slow_source():
    yield b"x" * 100_000
    told("encrypting")
    yield b"y" * 100_000

real_chunks, real_fsync, real_rename = File.chunks, storages.os.fsync, Path.rename

def chunks(self, chunk_size=None):
    for chunk in real_chunks(self, 1000):
        yield chunk
        told("writing")

def fsync(descriptor):
    told("flushing")
    real_fsync(descriptor)

def rename(path, target):
    told("renaming")
    real_rename(path, target)
    told("renamed")

File.chunks, storages.os.fsync, Path.rename = chunks, fsync, rename
files.keep(slow_source(), identity="version:1")
"""


@pytest.mark.goal("G-51")
@pytest.mark.parametrize(
    ("point", "finals"),
    [("encrypting", 0), ("flushing", 0), ("writing", 0), ("renaming", 0), ("renamed", 1)],
)
def test_killed_writer_leaves_no_part_under_a_final_name(vault, settings, point, finals):
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, settings.VAULT_KEYSET, str(vault), point],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.getcwd()},
    )
    with writer:
        assert writer.stdout.readline() == f"{point}\n".encode()
        time.sleep(0.05)
        writer.send_signal(signal.SIGKILL)

    found = list(checks.list_objects()) if vault.exists() else []
    whole = [item for item in found if checks.folder_of(item)]
    parts = [item for item in found if item.name.startswith(".incoming/")]

    assert len(whole) == finals
    assert len(found) == len(whole) + len(parts)
    assert all(item.size > 200_000 for item in whole)


def test_killed_writers_part_is_swept_and_the_next_write_works(vault, settings):
    incoming = vault / ".incoming"
    incoming.mkdir(parents=True)
    (incoming / "0123").write_bytes(b"part")

    stored = files.keep(b"bytes", identity="version:2")
    left = [item for item in checks.list_objects() if not checks.folder_of(item)]
    for item in left:
        checks.remove(item)

    assert [item.name for item in left] == [".incoming/0123"]
    assert [item.name for item in checks.list_objects()] == [f"{stored.name}/original"]
    assert keys.primary_key_id() == stored.key_id
