"""One Valkey server of our own, on a loopback port, with a password."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass, field
from pathlib import Path

from config.runtime import processes
from config.runtime.accounts import Account
from config.runtime.errors import CannotStart

START_LIMIT_SECONDS = 30
PORT_ATTEMPTS = 5


def free_port() -> int:
    """Return a loopback port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Valkey:
    """A server over one data folder; the queue survives a restart in its append-only file."""

    program: Path
    data: Path
    password: str
    log: Path
    account: Account | None = None
    persistent: bool = True
    port: int = 0
    child: processes.Child | None = field(default=None, init=False)

    def start(self) -> None:
        """Start the server and wait until it answers; a port taken meanwhile is exchanged.

        Raises:
            CannotStart: the folder is not writable, or the server ended or did not answer.
        """
        given = self.port
        for _ in range(1 if given else PORT_ATTEMPTS):
            self.port = given or free_port()
            if self._start_once():
                return
        assert self.child is not None  # noqa: S101
        raise CannotStart(self.child.why())

    def _start_once(self) -> bool:
        settings = self._write_settings()
        self.child = processes.Child(
            "Valkey",
            [str(self.program), str(settings)],
            self.log,
            environment={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
            account=self.account,
            folder=self.data,
        )
        self.child.start()
        child = self.child
        processes.wait_until(lambda: child.has_ended or self.answers(), START_LIMIT_SECONDS)
        if child.has_ended or not self.answers():
            child.stop(2)
            return False
        return True

    def _write_settings(self) -> Path:
        """Write the settings file; the password must not stand on the command line."""
        lines = [
            "bind 127.0.0.1",
            f"port {self.port}",
            f"requirepass {self.password}",
            "daemonize no",
            'save ""',
            f"appendonly {'yes' if self.persistent else 'no'}",
            "appendfsync everysec",
            "maxmemory-policy noeviction",
            "dir ./",
        ]
        path = self.data / "valkey.conf"
        try:
            self.data.mkdir(mode=0o700, exist_ok=True)
            path.unlink(missing_ok=True)
            opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(opened, "w", encoding="utf-8") as file:
                file.write("\n".join(lines) + "\n")
            if self.account:
                self.account.own(self.data)
                self.account.own(path)
        except OSError as error:
            raise CannotStart(f"{self.data} cannot be written: {error.strerror}") from error
        return path

    def answers(self) -> bool:
        """Tell whether the server on our port knows our password and has loaded its data."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as link:
                link.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                heard = b""
                while b"PONG" not in heard and b"-" not in heard:
                    heard += link.recv(64) or b"-"
                return b"+PONG" in heard
        except OSError:
            return False

    def stop(self, seconds: float = 3) -> None:
        """Stop the server; what is queued stays in its append-only file."""
        if self.child:
            self.child.stop(seconds)

    def address(self) -> str:
        """Return the `redis://` address with its password."""
        return address(self.port, self.password)


def address(port: int, password: str) -> str:
    """Return the address of a server on a loopback port."""
    return f"redis://:{password}@127.0.0.1:{port}/0"
