"""The same code on a hospital's own servers: nothing embedded starts."""

import contextlib
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
import redis

from config import env
from config.runtime import databases, postgres, processes, valkey
from config.tasks import HEARTBEAT
from tests.servers import PREFIX, TEST

POSTGRES_15 = Path("/usr/lib/postgresql/15/bin")
REDIS = shutil.which("redis-server")

pytestmark = [
    pytest.mark.skipif(not POSTGRES_15.is_dir(), reason="no PostgreSQL 15 of Debian's"),
    pytest.mark.skipif(REDIS is None, reason="no redis-server"),
]


@pytest.fixture(scope="module")
def folder():
    found = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{TEST.process}-", dir="/tmp"))
    found.chmod(0o711)
    yield found
    shutil.rmtree(found)


@pytest.fixture(scope="module")
def own_settings(folder):
    """Settings that lead to PostgreSQL 15 by TCP and to Redis."""
    server = postgres.Postgres(
        programs=POSTGRES_15,
        data=folder / "postgresql",
        sockets=postgres.socket_folder(TEST.account),
        password="of-the-superuser",
        log=folder / "postgresql.log",
        account=TEST.account,
        options={"fsync": "off"},
        listen="127.0.0.1",
        port=valkey.free_port(),
    )
    queue = valkey.Valkey(
        Path(REDIS), folder / "redis", "of-the-queue", folder / "redis.log", TEST.account
    )
    server.create()
    server.start()
    queue.start()
    with contextlib.closing(server.connect()) as superuser:
        databases.make_roles(
            superuser, {databases.OWNER: "of-the-owner", databases.APP: "of-the-app"}
        )
        databases.make_database(superuser, databases.DATABASE)
    with contextlib.closing(server.connect(databases.DATABASE)) as inside:
        databases.grant_roles(inside)
    at = f"127.0.0.1:{server.port}/{databases.DATABASE}"
    yield {
        name: TEST.settings[name] for name in TEST.settings if name.endswith(("KEY", "KEYSET"))
    } | {
        "CHARTROOM_HOME": str(folder / "home"),
        "DATABASE_URL": f"postgres://{databases.APP}:of-the-app@{at}",
        "OWNER_DATABASE_URL": f"postgres://{databases.OWNER}:of-the-owner@{at}",
        "REDIS_URL": queue.address(),
        "EMAIL_HOST": "localhost",
    }
    queue.stop()
    server.stop()


@pytest.fixture
def manage(own_settings):
    def run(*arguments, **changed):
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=env.ROOT,
            env=TEST.plain_environment() | own_settings | changed,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_migrations_and_commands_run_on_own_servers_and_nothing_embedded_starts(manage, folder):
    migrated = manage("migrate", "--verbosity", "0")
    assert migrated.returncode == 0, migrated.stderr

    sealed = manage("seal_audit", "--json")
    assert sealed.returncode == 0, sealed.stderr
    assert json.loads(sealed.stdout.splitlines()[-1])["unsealed"] == 0

    found = json.loads(manage("env", "--json").stdout)
    assert (found["profile"], found["embedded"], found["running"]) == ("production", False, False)
    assert not (folder / "home" / "secrets.json").exists()
    assert not (folder / "home" / "postgresql").exists()


def test_worker_takes_its_first_heartbeat_from_own_queue(own_settings, folder):
    worker = processes.Child(
        "worker",
        [sys.executable, "-m", "celery", "-A", "config", "worker", "--pool", "solo"],
        folder / "worker.log",
        environment=TEST.plain_environment() | own_settings,
        folder=env.ROOT,
    )
    worker.start()
    try:
        with redis.Redis.from_url(own_settings["REDIS_URL"]) as queue:
            done = processes.wait_until(lambda: queue.exists(f"chartroom:1:{HEARTBEAT}"), 60)
            assert done, worker.why()
    finally:
        worker.stop(5)


def test_demo_profile_is_refused_with_own_servers(manage):
    refused = manage("check", CHARTROOM_PROFILE="demo")

    assert (refused.returncode, refused.stderr) == (
        2,
        "The demo profile is refused when DATABASE_URL is set\n",
    )


@pytest.mark.parametrize(
    "setting, value, said",
    [
        ("SECRET_KEY", "short", "SECRET_KEY must be set and at least 50 characters long\n"),
        ("DATABASE_URL", "mysql://db/x", "DATABASE_URL must be a postgres:// address\n"),
        ("LOG_FORMAT", "xml", "LOG_FORMAT must be one of json, console, not 'xml'\n"),
        (
            "SEAL_KEY_FILE",
            "/nowhere/key",
            "SEAL_KEY_FILE cannot be read: No such file or directory: /nowhere/key\n",
        ),
    ],
)
def test_odd_settings_stop_the_start_with_one_line(manage, setting, value, said):
    refused = manage("check", **{setting: value})

    assert (refused.returncode, refused.stderr) == (2, said)
