import json
import os
import subprocess
import sys

import pytest

from config import env
from config.runtime import environment, servers
from config.runtime.environment import needs_database, role_for
from config.runtime.errors import CannotStart
from tests.servers import TEST


@pytest.mark.parametrize(
    "line, needed",
    [
        ("", False),
        ("help", False),
        ("--version", False),
        ("up", False),
        ("env --json", False),
        ("check", False),
        ("makemigrations --check", False),
        ("collectstatic", False),
        ("make_secrets secrets", False),
        ("migrate --help", False),
        ("seal_audit -h", False),
        ("migrate", True),
        ("shell", True),
        ("seal_audit --json", True),
        ("verify_vault --sample 10", True),
    ],
)
def test_needs_database(line, needed):
    assert needs_database(line.split()) is needed


@pytest.mark.parametrize(
    "line, role",
    [
        ("", "app"),
        ("migrate", "owner"),
        ("sqlmigrate audit 0001", "owner"),
        ("seed_demo --patients 5 --seed 1", "app"),
        ("seed_demo --patients 5 --bulk", "owner"),
        ("raise_epoch restored", "owner"),
        ("rewrap_vault", "owner"),
        ("make_administrator jdoe", "app"),
        ("shell", "app"),
        ("verify_audit", "app"),
    ],
)
def test_role_for(line, role):
    assert role_for(line.split()) == role


@pytest.fixture
def plain(monkeypatch, home):
    """The environment of somebody who has set nothing but the home."""
    for name in TEST.settings:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CHARTROOM_HOME", str(home.path))
    # What `prepared` sets for the process goes again with the test.
    for name in (*TEST.settings, "OWNER_DATABASE_URL", "CHARTROOM_EMBEDDED"):
        if name != "CHARTROOM_HOME":
            monkeypatch.setenv(name, "")
            monkeypatch.delenv(name)
    return home


@pytest.fixture(autouse=True)
def brought(monkeypatch):
    """The folders of the homes whose tables were brought to the code; none is, that takes long."""
    found = []
    monkeypatch.setattr(
        environment.migrated, "bring", lambda folder, server, migrate: found.append(folder)
    )
    return found


def test_with_a_database_of_ones_own_nothing_starts(plain, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://app:word@db/chartroom")

    with environment.prepared(["migrate"]):
        assert os.environ["CHARTROOM_DATABASE_ROLE"] == "owner"
        assert plain.running() is None
    assert not plain.secrets.exists()


def test_command_without_database_starts_nothing(plain):
    with environment.prepared(["env"]):
        assert "DATABASE_URL" not in os.environ
    assert not plain.secrets.exists()


def test_command_brings_its_servers_and_stops_them(plain):
    with environment.prepared(["seal_audit"]):
        running = plain.running()
        assert (running.pid, running.command) == (os.getpid(), "seal_audit")
        assert os.environ["CHARTROOM_EMBEDDED"] == "1"
        assert os.environ["CHARTROOM_DATABASE_ROLE"] == "app"
        assert "chartroom_app:" in os.environ["DATABASE_URL"]
        assert "OWNER_DATABASE_URL" not in os.environ
        assert env.database("DATABASE_URL")["HOST"] == running.sockets

    assert plain.running() is None
    assert not os.path.exists(running.sockets)


@pytest.mark.parametrize(
    ("command", "is_brought"),
    [("seal_audit", True), ("shell", True), ("migrate", False), ("dbshell", False)],
)
def test_tables_are_made_first_where_a_command_owns_the_servers(
    plain, brought, command, is_brought
):
    with environment.prepared([command]):
        pass

    assert brought == ([plain.run] if is_brought else [])


def test_tables_that_cannot_be_made_are_told_in_one_line(plain, monkeypatch):
    monkeypatch.setattr(environment.migrated, "bring", lambda folder, server, migrate: migrate())
    monkeypatch.setattr(environment.migrated, "MIGRATE", ("migrate", "no_such_app"))

    with (
        pytest.raises(CannotStart, match=r"^The tables cannot be made: .*no_such_app"),
        environment.prepared(["seal_audit"]),
    ):
        pytest.fail("there are no tables")


def test_second_command_attaches_and_holds_off_the_stop(plain):
    code = (
        "import os, sys, time, psycopg2\n"
        "from config import env; from config.runtime.environment import prepared\n"
        "with prepared(['migrate']):\n"
        "    print('attached', flush=True); sys.stdin.readline()\n"
        "    found = env.database('OWNER_DATABASE_URL')\n"
        "    link = psycopg2.connect(host=found['HOST'], user=found['USER'],\n"
        "        password=found['PASSWORD'], dbname=found['NAME'])\n"
        "    print(found['USER'], flush=True); link.close()\n"
    )
    with environment.prepared(["seal_audit"]):
        second = subprocess.Popen(
            [sys.executable, "-c", code],
            cwd=env.ROOT,
            env=TEST.plain_environment() | {"CHARTROOM_HOME": str(plain.path)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert second.stdout.readline() == "attached\n"
        second.stdin.write("\n")
        second.stdin.flush()
    # The stop above waited until the second command had done its work.
    assert second.stdout.read() == "chartroom_owner\n"
    second.stdin.close()
    second.stdout.close()
    assert second.wait() == 0


def test_home_held_too_long_says_so(plain, monkeypatch):
    monkeypatch.setattr(environment, "ATTACH_SECONDS", 0.3)

    with (
        plain.owning(),
        pytest.raises(CannotStart, match="are starting or stopping for too long"),
        environment.prepared(["seal_audit"]),
    ):
        pytest.fail("there are no servers")


def test_servers_stop_when_the_command_fails(plain):
    with pytest.raises(ZeroDivisionError), environment.prepared(["seal_audit"]):
        raise ZeroDivisionError

    assert plain.running() is None


def test_application_settings_never_hold_the_owners_password(own_servers):
    found = own_servers()
    running = found.running(1, "up")

    app = servers.environment(found.secrets, running, "app")
    owner = servers.environment(found.secrets, running, "owner")

    assert found.secrets["OWNER_PASSWORD"] not in json.dumps(app)
    assert found.secrets["POSTGRES_PASSWORD"] not in json.dumps(owner)
    assert set(owner) - set(app) == {"OWNER_DATABASE_URL"}
    found.postgres.stop()
