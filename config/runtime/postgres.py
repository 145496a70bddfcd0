"""One PostgreSQL server of our own: made, started as a direct child, stopped."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import psycopg2

from config.runtime import processes
from config.runtime.accounts import Account
from config.runtime.errors import CannotStart

if TYPE_CHECKING:
    from psycopg2.extensions import connection as Connection  # noqa: N812

START_LIMIT_SECONDS = 120
SUPERUSER = "postgres"
PORT = 5432
# A refused statement holds what was typed, and an error's details name whole rows: neither belongs
# in a log. The same stands in docker-compose.yml and docs/operations.md.
SILENT = {
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": "0",
}
# The kernel's limit for a socket's whole name is 107 bytes.
LONGEST_SOCKET_FOLDER = 90


def socket_folder(account: Account | None) -> Path:
    """Make a short folder for the socket that only the server's account (and root) can enter."""
    base = next((b for b in ("/tmp", "/dev/shm") if os.access(b, os.W_OK)), None)  # noqa: S108
    folder = Path(tempfile.mkdtemp(prefix="chartroom-", dir=base))
    if len(os.fsencode(folder)) > LONGEST_SOCKET_FOLDER:
        raise CannotStart(f"The folder for PostgreSQL's socket has too long a name: {folder}")
    if account:
        account.own(folder)
    return folder


@dataclass
class Postgres:
    """A server over one data folder, reached through a socket in a private folder."""

    programs: Path
    data: Path
    sockets: Path
    password: str
    log: Path
    account: Account | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    listen: str = ""
    port: int = PORT
    child: processes.Child | None = field(default=None, init=False)

    def create(self) -> None:
        """Make the data folder if there is none: UTF-8, checksums, scram for everybody.

        It is made beside its place and renamed, so that an interrupted start leaves no half of
        one. `C.UTF-8` is asked for by name: with `LANG` unset initdb would choose ctype C.

        Raises:
            CannotStart: the disk is not writable or initdb fails.
        """
        if (self.data / "PG_VERSION").is_file():
            return
        unfinished = self.data.with_name(self.data.name + ".unfinished")
        try:
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir(mode=0o700)
            if self.account:
                self.account.own(unfinished)
            self._initdb(unfinished)
            unfinished.rename(self.data)
        except OSError as error:
            raise CannotStart(f"{self.data.parent} cannot be written: {error.strerror}") from error

    def _initdb(self, folder: Path) -> None:
        account: Any = self.account.popen_options() if self.account else {}
        secret = self._password_file()
        try:
            made = subprocess.run(
                [
                    str(self.programs / "initdb"),
                    f"--pgdata={folder}",
                    f"--username={SUPERUSER}",
                    f"--pwfile={secret}",
                    "--locale=C.UTF-8",
                    "--encoding=UTF8",
                    "--data-checksums",
                    "--auth=scram-sha-256",
                    *(["--no-sync"] if self.options.get("fsync") == "off" else []),
                ],
                cwd=folder,
                env=_bare_environment(),
                capture_output=True,
                check=False,
                **account,
            )
        finally:
            secret.unlink()
        if made.returncode != 0:
            words = made.stderr.decode(errors="replace").strip().splitlines()
            raise CannotStart(f"initdb failed in {folder}: {' | '.join(words[-3:])}")

    def _password_file(self) -> Path:
        path = self.sockets / "password"
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(opened, "w", encoding="utf-8") as file:
            file.write(self.password + "\n")
        if self.account:
            self.account.own(path)
        return path

    def start(self) -> None:
        """Start the server and wait until it answers.

        Raises:
            CannotStart: it ended, did not answer within 120 s, or has ctype C.
        """
        self._wait_for_predecessor()
        settings = {
            "listen_addresses": self.listen,
            "port": str(self.port),
            "unix_socket_directories": str(self.sockets),
            "logging_collector": "off",
            "log_destination": "stderr",
            "cluster_name": "chartroom",
        }
        settings |= SILENT | dict(self.options)
        command = [str(self.programs / "postgres"), "-D", str(self.data)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        self.child = processes.Child(
            "PostgreSQL",
            command,
            self.log,
            stop_signal=signal.SIGINT,  # "fast": ends sessions, writes a checkpoint
            environment=_bare_environment(),
            account=self.account,
            folder=self.data,
        )
        self.child.start()
        if not processes.wait_until(self._is_settled, START_LIMIT_SECONDS):
            self.stop()
            raise CannotStart(f"PostgreSQL did not answer within {START_LIMIT_SECONDS} s")
        if self.child.has_ended:
            raise CannotStart(self.child.why())
        self._check_ctype()

    def _wait_for_predecessor(self) -> None:
        """Wait for a server that a killed owner left behind; it is already on its way out."""
        if not processes.wait_until(lambda: self._predecessor() is None, 30):
            raise CannotStart(
                f"Another PostgreSQL (process {self._predecessor()}) uses {self.data}; end it first"
            )

    def _predecessor(self) -> int | None:
        try:
            lines = (self.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
            pid = int(lines[0])
            return pid if os.readlink(f"/proc/{pid}/cwd") == str(self.data.resolve()) else None
        except (OSError, ValueError, IndexError):
            return None

    def _is_settled(self) -> bool:
        if self.child is None or self.child.has_ended:
            return True
        try:
            self.connect().close()
        except psycopg2.OperationalError:
            return False
        return True

    def _check_ctype(self) -> None:
        """Refuse a cluster whose letters have no case: searches would miss names."""
        connection = self.connect()
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT lower('MÜLLER') = 'müller'")
                row = cursor.fetchone()
        finally:
            connection.close()
        if row != (True,):
            self.stop()
            raise CannotStart(f"The database in {self.data} has ctype C; it must be C.UTF-8")

    def connect(self, database: str = "postgres") -> Connection:
        """Return an autocommit connection of the superuser; the caller closes it."""
        connection = psycopg2.connect(
            host=str(self.sockets),
            port=self.port,
            user=SUPERUSER,
            password=self.password,
            dbname=database,
            connect_timeout=10,
        )
        connection.autocommit = True
        return connection

    def stop(self, seconds: float = 8) -> None:
        """Stop the server: sessions are ended, what is committed is on disk."""
        if self.child:
            self.child.stop(seconds)
        shutil.rmtree(self.sockets, ignore_errors=True)

    def address(self, user: str, password: str, database: str) -> str:
        """Return the address of a database here, as the settings take it."""
        return address(self.sockets, self.port, user, password, database)


def address(sockets: Path | str, port: int, user: str, password: str, database: str) -> str:
    """Return the `postgres://` address of a server behind a socket folder."""
    return f"postgres://{user}:{password}@{quote(str(sockets), safe='')}:{port}/{database}"


def _bare_environment() -> dict[str, str]:
    """Return an environment without our secrets; PG* and LC_* variables must not leak in either."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
