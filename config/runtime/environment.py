"""What a command needs around it before Django is set up: servers, addresses, keys, its role."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from config import env
from config.runtime import accounts, keys, migrated, servers
from config.runtime.errors import CannotStart
from config.runtime.home import Home, Running
from config.runtime.servers import Servers

# Commands that work without a database, and `up`, which runs the servers itself.
WITHOUT_DATABASE = {
    *("up", "env", "check", "help", "version", "collectstatic", "findstatic", "diffsettings"),
    *(
        "makemessages",
        "compilemessages",
        "makemigrations",
        "startapp",
        "make_secrets",
        "make_bucket",
    ),
}
# Commands that change tables or load past the application's rights.
AS_OWNER = {"migrate", "sqlmigrate", "showmigrations", "raise_epoch", "rewrap_vault"}
# Commands that look at the tables as they are, or make them.
ON_TABLES = {"migrate", "sqlmigrate", "showmigrations", "dbshell"}
ATTACH_SECONDS = 130
# Keys and passwords, how to reach the servers, and the servers themselves where they are ours.
Reached = tuple[Mapping[str, str], Running, Servers | None]


def needs_database(arguments: Sequence[str]) -> bool:
    """Tell whether the command line (without the program) needs a running database."""
    if not arguments or {"--help", "-h", "--version"} & set(arguments):
        return False
    return arguments[0] not in WITHOUT_DATABASE


def role_for(arguments: Sequence[str]) -> str:
    """Return the database role of a command line: the owner's for table work, else the app's."""
    if not arguments:
        return "app"
    bulk = arguments[0] == "seed_demo" and "--bulk" in arguments
    return "owner" if bulk or arguments[0] in AS_OWNER else "app"


@contextmanager
def prepared(arguments: Sequence[str]) -> Iterator[None]:
    """Surround a command with what it needs; servers of its own last as long as it does.

    In a home that is new, or older than the code, the tables are made first. With `DATABASE_URL`
    set only the role is chosen and nothing embedded starts.

    Raises:
        CannotStart: the embedded servers cannot be started, reached or migrated.
    """
    role = role_for(arguments)
    if env.secret("DATABASE_URL") or not needs_database(arguments):
        os.environ.setdefault("CHARTROOM_DATABASE_ROLE", role)
        yield
        return
    home = Home(env.data_home())
    # The role of the whole process is the command's, unless it was asked for another.
    role = os.environ.get("CHARTROOM_DATABASE_ROLE") or role
    with _servers(home, arguments[0]) as (secrets, running, own):
        os.environ.update(servers.environment(secrets, running, role))
        if own is not None and arguments[0] not in ON_TABLES:
            owner = servers.environment(secrets, running, "owner")
            migrated.bring(home.run, own.postgres, lambda: _migrate(owner))
        yield


def _migrate(settings: Mapping[str, str]) -> None:
    """Migrate in a process of its own, as the owner.

    Raises:
        CannotStart: it failed.
    """
    done = subprocess.run(
        [sys.executable, str(env.ROOT / "manage.py"), *migrated.MIGRATE],
        env=os.environ | settings,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        why = (done.stderr.strip().splitlines() or ["no word of why"])[-1]
        raise CannotStart(f"The tables cannot be made: {why}")


@contextmanager
def _servers(home: Home, command: str) -> Iterator[Reached]:
    """Own the servers, or attach to whoever owns them."""
    home.prepare(accounts.server_account())
    end = time.monotonic() + ATTACH_SECONDS
    while time.monotonic() < end:
        with home.owning() as is_owner:
            if is_owner:
                yield from _owned(home, command)
                return
        with home.attached():
            running = home.read_running()
            if running is not None and _is_alive(running.pid):
                yield keys.load_or_make(home.secrets), running, None
                return
        time.sleep(0.1)
    raise CannotStart(f"The servers of {home.path} are starting or stopping for too long")


def _owned(home: Home, command: str) -> Iterator[Reached]:
    mine = servers.of_home(home)
    mine.start()
    try:
        running = mine.running(os.getpid(), command)
        home.write_running(running)
        yield mine.secrets, running, mine
    finally:
        with home.alone():
            home.forget_running()
            mine.stop()


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
