"""Both servers of a home together: made ready, started, stopped in order."""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from config.runtime import accounts, databases, keys, postgres, valkey
from config.runtime.home import SYSTEM_STATE, Home, Placement, Running, place


@dataclass
class Servers:
    """PostgreSQL and Valkey of one home."""

    home: Home
    secrets: Mapping[str, str]
    placement: Placement
    postgres: postgres.Postgres
    valkey: valkey.Valkey

    def start(self) -> None:
        """Start both; on the first start make the cluster, the roles and the database.

        Raises:
            CannotStart: one of them cannot be started; the other is stopped again.
        """
        try:
            self.postgres.create()
            self.postgres.start()
            self._make_database()
            self.valkey.start()
        except BaseException:
            self.stop()
            raise

    def _make_database(self) -> None:
        connection = self.postgres.connect()
        try:
            passwords = {
                databases.OWNER: self.secrets["OWNER_PASSWORD"],
                databases.APP: self.secrets["APP_PASSWORD"],
            }
            databases.make_roles(connection, passwords)
            is_new = not databases.has_database(connection, databases.DATABASE)
            if is_new:
                databases.make_database(connection, databases.DATABASE)
        finally:
            connection.close()
        inside = self.postgres.connect(databases.DATABASE)
        try:
            databases.grant_roles(inside)
        finally:
            inside.close()

    def stop(self, seconds: float = 10) -> None:
        """Stop Valkey, then PostgreSQL; what does not obey within the time is killed."""
        end = time.monotonic() + seconds
        self.valkey.stop(min(2.0, seconds / 2))
        self.postgres.stop(max(0.5, end - time.monotonic()))

    def running(self, pid: int, command: str, url: str = "") -> Running:
        """Return the note that other commands attach by."""
        return Running(pid, command, str(self.postgres.sockets), self.valkey.port, url)


def of_home(home: Home, system_state: Path = SYSTEM_STATE) -> Servers:
    """Return the servers of `home`, with its folders and secrets made; nothing is started.

    Only for the owner of the home.

    Raises:
        CannotStart: the disk is not writable, or a server's program is missing.
    """
    account = accounts.server_account()
    home.prepare(account)
    _clear_leftovers(home)
    secrets = keys.load_or_make(home.secrets)
    placement = place(home, account, system_state)
    return Servers(
        home,
        secrets,
        placement,
        postgres.Postgres(
            programs=placement.postgres,
            data=placement.data / "postgresql",
            sockets=postgres.socket_folder(account),
            password=secrets["POSTGRES_PASSWORD"],
            log=home.logs / "postgresql.log",
            account=account,
        ),
        valkey.Valkey(
            program=placement.valkey,
            data=placement.data / "valkey",
            password=secrets["VALKEY_PASSWORD"],
            log=home.logs / "valkey.log",
            account=account,
        ),
    )


def _clear_leftovers(home: Home) -> None:
    """Remove the socket folder that a killed owner of this home left behind."""
    left = home.read_running()
    if left:
        shutil.rmtree(left.sockets, ignore_errors=True)
        home.forget_running()


def environment(secrets: Mapping[str, str], running: Running, role: str) -> dict[str, str]:
    """Return the settings of a process under `role`; the application never sees the owner's."""
    sockets = Path(running.sockets)

    def address(user: str, password: str) -> str:
        return postgres.address(sockets, postgres.PORT, user, password, databases.DATABASE)

    values = {name: secrets[name] for name in keys.SETTINGS}
    values |= {
        "CHARTROOM_EMBEDDED": "1",
        "CHARTROOM_DATABASE_ROLE": role,
        "DATABASE_URL": address(databases.APP, secrets["APP_PASSWORD"]),
        "REDIS_URL": valkey.address(running.valkey_port, secrets["VALKEY_PASSWORD"]),
    }
    if role == "owner":
        values["OWNER_DATABASE_URL"] = address(databases.OWNER, secrets["OWNER_PASSWORD"])
    return values
