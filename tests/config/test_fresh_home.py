"""The first commands of a new house: nothing was started or migrated before."""

import json
import subprocess
import sys

import pytest

from accounts import crypto
from config import env
from config.runtime import keys
from records.documents.vault import keys as vault_keys
from tests.servers import TEST

LEFT = {"CI", "HOME", "LANG", "PATH", "TMPDIR"}


WAIT = "import sys; print('here', flush=True); sys.stdin.read()"


@pytest.fixture
def home(tmp_path):
    """A home whose first command brings servers and tables, and stays until the test is over."""
    path = tmp_path / "a new home"
    with subprocess.Popen(
        [sys.executable, str(env.ROOT / "manage.py"), "shell", "--no-imports", "-c", WAIT],
        env=settings_of(path),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as first:
        assert first.stdout.readline() == "here\n"
        yield path
        first.stdin.close()


def settings_of(home):
    plain = TEST.plain_environment()
    return {name: plain[name] for name in LEFT & set(plain)} | {"CHARTROOM_HOME": str(home)}


def manage(home, *arguments):
    """What a command printed last, as JSON, its exit status and its errors."""
    done = subprocess.run(
        [sys.executable, str(env.ROOT / "manage.py"), *arguments, "--json"],
        env=settings_of(home),
        capture_output=True,
        text=True,
        timeout=240,
    )
    lines = done.stdout.splitlines()
    return json.loads(lines[-1]) if lines else None, done.returncode, done.stderr


def test_house_is_founded_and_its_keys_rotated_by_commands_alone(home):
    """One walk, because each step rests on the one before and a new database takes long."""
    founded, status, _ = manage(
        home, "make_facility", "BGH", "--name", "Bangor General", "--state", "ME"
    )
    assert (status, founded["code"]) == (0, "BGH")

    _, status, said = manage(home, "make_facility", "BGH", "--name", "Again", "--state", "XX")
    assert (status, said) == (2, "XX is no US state; write it as PA.\n")

    made, status, _ = manage(
        home, "make_administrator", "jdoe", "--name", "Jo Doe", "--email", "jo@example.org"
    )
    assert (status, made["username"], len(made["password"])) == (0, "jdoe", 32)
    _, status, said = manage(
        home, "make_administrator", "JDOE", "--name", "Jo Doe", "--email", "x@example.org"
    )
    assert (status, said) == (2, "username: This sign-in name is taken.\n")

    seeded, status, _ = manage(home, "seed_demo", "--patients", "4", "--seed", "2")
    assert (status, seeded["patients"]) == (0, 4)
    assert set(seeded) >= {"patients", "encounters", "documents", "events", "seconds"}
    assert seeded["events"] > seeded["documents"] > 0

    _rotate(home)
    stored = seeded["documents"]
    wrapped, status, _ = manage(home, "rewrap_vault")
    assert (status, wrapped["refused"]) == (0, 0)
    assert wrapped["rewrapped"] >= stored
    _retire(home)
    checked, status, _ = manage(home, "verify_vault")
    assert (status, checked["damaged"], checked["missing"]) == (0, 0, 0)
    assert checked["checked"] == wrapped["rewrapped"]
    again, status, _ = manage(home, "rewrap_vault")
    assert (status, again) == (0, {"rewrapped": 0, "refused": 0})

    _, status, said = manage(home, "raise_epoch", "restored")
    assert (status, said.strip()) == (
        2,
        "The log was last written in this very cluster; nothing to raise",
    )
    sealed, status, _ = manage(home, "seal_audit")
    assert (status, sealed["unsealed"]) == (0, 0)
    verified, status, _ = manage(home, "verify_audit")
    assert (status, verified["broken"]) == (0, [])


def _rotate(home):
    _change_keyset(home, vault_keys.rotated_vault_keyset)


def _retire(home):
    """Take the old key out: what was not wrapped again would not open any more."""

    def newest_only(text):
        keyset = json.loads(text)
        kept = [key for key in keyset["key"] if key["keyId"] == keyset["primaryKeyId"]]
        return json.dumps(keyset | {"key": kept})

    _change_keyset(home, newest_only)


def _change_keyset(home, change):
    path = home / "secrets.json"
    secrets = keys.load_or_make(path)
    path.write_text(json.dumps(secrets | {"VAULT_KEYSET": change(secrets["VAULT_KEYSET"])}))
    assert crypto.primary_id(keys.load_or_make(path)["VAULT_KEYSET"])
