"""Child processes: each in a session of its own, ended with its parent, its last words kept."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from config.runtime.accounts import Account
from config.runtime.errors import CannotStart

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def _dies_with_parent(death_signal: signal.Signals) -> Callable[[], None]:
    parent = os.getpid()

    def prepare() -> None:
        # Runs after subprocess has changed user: the kernel clears the setting when credentials
        # change, so the order matters. The second look closes the gap before the call.
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
            if os.getppid() != parent:
                os.kill(os.getpid(), signal.SIGKILL)

    return prepare


def last_lines(path: Path, count: int = 5) -> str:
    """Return the last lines of a log that hold text, joined to one, for a message."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return "no log"
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return " | ".join(lines[-count:]) or "no output"


@dataclass
class Child:
    """One direct child process; `stop_signal` asks it to end and also reaches it if we die."""

    name: str
    command: Sequence[str]
    log: Path
    stop_signal: signal.Signals = signal.SIGTERM
    environment: Mapping[str, str] | None = None
    account: Account | None = None
    folder: Path = Path("/")
    inherited: tuple[int, ...] = ()
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        """Start the child, its output appended to its log.

        Raises:
            CannotStart: the program or its log cannot be opened.
        """
        options: dict[str, Any] = dict(self.account.popen_options()) if self.account else {}
        try:
            with self.log.open("ab") as log:
                self.process = subprocess.Popen(
                    self.command,
                    cwd=self.folder,
                    env=None if self.environment is None else dict(self.environment),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    pass_fds=self.inherited,
                    preexec_fn=_dies_with_parent(self.stop_signal),
                    **options,
                )
        except (OSError, subprocess.SubprocessError) as error:
            raise CannotStart(f"{self.name} cannot be started: {error}") from error

    @property
    def has_ended(self) -> bool:
        """Whether the child was never started or has exited."""
        return self.process is None or self.process.poll() is not None

    def why(self) -> str:
        """Say how the child ended, with the last lines of its log."""
        code = None if self.process is None else self.process.poll()
        how = "was not started" if code is None else f"ended with status {code}"
        if code is not None and code < 0:
            how = f"was ended by {signal.Signals(-code).name}"
        return f"{self.name} {how}: {last_lines(self.log)}"

    def stop(self, seconds: float) -> bool:
        """Ask the child to end, wait, and kill its session if it has not; tell if it obeyed."""
        if self.process is None:
            return True
        if self.process.poll() is None:
            self.process.send_signal(self.stop_signal)
        obeyed = self._wait(seconds)
        if not obeyed:
            _kill_session(self.process.pid)
            self.process.wait()
        return obeyed

    def _wait(self, seconds: float) -> bool:
        process = self.process
        try:
            if process is not None:
                process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            return False
        return True


def _kill_session(leader: int) -> None:
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        return


def wait_until(check: Callable[[], bool], seconds: float, pause: float = 0.05) -> bool:
    """Ask `check` again and again until it says yes or the time is over; tell which."""
    end = time.monotonic() + seconds
    while not check():
        if time.monotonic() > end:
            return False
        time.sleep(pause)
    return True
