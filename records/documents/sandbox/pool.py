"""The pool of sandboxed children of this process.

Made when first needed, in each process by itself: a forked process (a Celery worker) leaves its
parent's children alone and starts its own. Any thread may run a job; each child does one at a
time. A child that is late or dead is killed and replaced; one that has done many jobs, or whose
memory a file has strained, is replaced too.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from records.documents.faults import FileTakesTooLong, FileUnreadable, SandboxUnavailable
from records.documents.rules import limits
from records.documents.rules.signatures import FileKind
from records.documents.sandbox.frames import Channel, Closed, FrameError, TimedOut

logger = structlog.get_logger(__name__)

ROOT = Path(__file__).resolve().parents[3]
MODULE = "records.documents.sandbox.child"
START_SECONDS = 30.0
WAIT_SECONDS = 60.0
JOBS_PER_CHILD = 500
MAX_ANSWER = 2 * 1024**3
NOT_HELD = "NotHeld"
# Nothing of this process's environment goes to the child: it holds keys and passwords.
CHILD_ENVIRONMENT = {"LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1", "MALLOC_ARENA_MAX": "1"}

Answer = tuple[dict[str, Any], list[bytes]]


@dataclass(frozen=True)
class Source:
    """A file for the sandbox: a key that stands for its content, and how to get the bytes.

    A child keeps the last file it read; `load` is not called when one still holds this key.
    """

    key: str
    kind: FileKind
    load: Callable[[], bytes]


@dataclass(frozen=True)
class Job:
    """What a child is to do: with how many seconds and how many bytes of memory of its own.

    A job on one file leaves it with the child for the next; one on many leaves nothing.
    """

    operation: str
    arguments: dict[str, Any]
    seconds: float = limits.WALL_SECONDS
    memory: int = 512 * limits.MEGABYTE
    is_on_one_file: bool = True


class Child:
    """One sandboxed process, seen from outside."""

    def __init__(self) -> None:
        self.socket, theirs = socket.socketpair()
        try:
            with theirs:
                self.process = subprocess.Popen(
                    [sys.executable, "-s", "-E", "-m", MODULE, str(os.getpid())],
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    cwd=ROOT,
                    env=CHILD_ENVIRONMENT,
                    close_fds=True,
                )
        except OSError:
            self.socket.close()
            raise
        self.channel = Channel(self.socket.fileno())
        self.held_key = ""
        self.jobs = 0
        self.is_worn = False
        self.report = self._greeting()

    def _greeting(self) -> dict[str, Any]:
        try:
            report, _ = self.channel.receive(0, time.monotonic() + START_SECONDS)
        except (Closed, FrameError, TimedOut) as error:
            self.end()
            raise SandboxUnavailable("a reading process did not start") from error
        return report

    def run(self, job: Job, sources: Sequence[Source]) -> Answer:
        """Do the job and return the child's answer, which may name an error.

        Raises:
            FileTakesTooLong: the time ran out.
            FileUnreadable: the child died over it.
        """
        self.jobs += 1
        if job.is_on_one_file and self.held_key == sources[0].key:
            answer = self._exchange(job, sources, [])
            if answer[0].get("error") != NOT_HELD:
                return answer
        parts = [source.load() for source in sources]
        self.held_key = sources[0].key if job.is_on_one_file else ""
        return self._exchange(job, sources, parts)

    def _exchange(self, job: Job, sources: Sequence[Source], parts: list[bytes]) -> Answer:
        seconds = limits.wall_seconds(sum(map(len, parts)), job.seconds)
        header = {
            "operation": job.operation,
            "arguments": job.arguments,
            "key": sources[0].key,
            "kinds": [source.kind for source in sources],
            "seconds": seconds,
            "memory": job.memory,
        }
        deadline = time.monotonic() + seconds
        try:
            self.channel.send(header, parts, deadline)
            answer = self.channel.receive(MAX_ANSWER, deadline)
        except TimedOut as error:
            self.is_worn = True
            raise FileTakesTooLong from error
        except (Closed, FrameError) as error:
            self.is_worn = True
            raise FileUnreadable("the reading process stopped over it") from error
        self.is_worn = bool(answer[0].pop("worn", False)) or self.jobs >= JOBS_PER_CHILD
        return answer

    @property
    def is_alive(self) -> bool:
        """Tell whether the process still runs."""
        return self.process.poll() is None

    def end(self) -> None:
        """Kill the process and wait for its end."""
        self.socket.close()
        self.process.kill()
        self.process.wait()

    def forsake(self) -> None:
        """Let go of a child that belongs to the process this one was forked from."""
        self.socket.close()
        self.process.returncode = 0  # it is the parent's to wait for, not ours


class Pool:
    """The children of one process, as many as `size`, started as they are needed."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.idle: list[Child] = []
        self.children: set[Child] = set()
        self.starting = 0
        self.changed = threading.Condition()
        # The kernel ends a child when the thread that started it ends, so one thread that lives
        # as long as the process starts them all.
        self.keeper = ThreadPoolExecutor(1, "sandbox-keeper")

    def run(self, job: Job, sources: Sequence[Source]) -> Answer:
        """Do the job in a free child, preferably one that holds the file already.

        Raises:
            SandboxUnavailable: no child came free in time, or none can be started.
            FileTakesTooLong, FileUnreadable: the file's fault.
        """
        with self.child(sources[0].key) as child:
            return child.run(job, sources)

    @contextlib.contextmanager
    def child(self, key: str = "") -> Iterator[Child]:
        """Take a child out of the pool for the length of the block."""
        child = self._take(key)
        try:
            yield child
        except BaseException:
            child.is_worn = True  # an answer may still be on its way: never read it as another's
            raise
        finally:
            self._give_back(child)

    def _take(self, key: str) -> Child:
        deadline = time.monotonic() + WAIT_SECONDS
        with self.changed:
            while True:
                child = self._idle_child(key)
                if child is not None:
                    return child
                if len(self.children) + self.starting < self.size:
                    self.starting += 1
                    break
                if not self.changed.wait(deadline - time.monotonic()):
                    raise SandboxUnavailable("every reading process is busy")
        return self._start()

    def _idle_child(self, key: str) -> Child | None:
        for dead in [child for child in self.idle if not child.is_alive]:
            self.idle.remove(dead)
            self.children.remove(dead)
            dead.end()
        has_room = len(self.children) + self.starting < self.size
        wanted = [child for child in self.idle if child.held_key in (key, "")]
        wanted.sort(key=lambda child: child.held_key != key)
        if not wanted and not has_room:
            wanted = self.idle  # the one that has been idle longest comes first
        if not wanted:
            return None
        self.idle.remove(chosen := wanted[0])
        return chosen

    def _start(self) -> Child:
        child = None
        try:
            child = self.keeper.submit(Child).result()
        except (OSError, RuntimeError) as error:
            raise SandboxUnavailable("a reading process did not start") from error
        finally:
            with self.changed:
                self.starting -= 1
                if child is not None:
                    self.children.add(child)
                self.changed.notify()
        return child

    def _give_back(self, child: Child) -> None:
        is_done = child.is_worn or not child.is_alive
        if is_done:
            child.end()
        with self.changed:
            if is_done:
                self.children.discard(child)
            else:
                self.idle.append(child)
            self.changed.notify()

    def close(self) -> None:
        """End every child."""
        with self.changed:
            for child in self.children:
                child.end()
            self.children.clear()
            self.idle.clear()
        self.keeper.shutdown()


_pool: Pool | None = None
_lock = threading.Lock()


def current(size: int) -> Pool:
    """Return this process's pool, made with `size` the first time; say then what is missing."""
    global _pool
    with _lock:
        if _pool is None:
            _pool = Pool(size)
            _announce(_pool)
        return _pool


def _announce(pool: Pool) -> None:
    with pool.child() as child:
        report = child.report
    say = logger.warning if report["missing"] else logger.info
    say("sandbox.started", layers=report["layers"], missing=report["missing"])


def close() -> None:
    """End this process's children; the next job starts new ones."""
    global _pool
    with _lock:
        if _pool is not None:
            _pool.close()
            _pool = None


def _after_fork() -> None:
    """In a forked process: begin without a pool, and without a hold on the parent's children."""
    global _pool, _lock
    _lock = threading.Lock()
    if _pool is not None:
        for child in _pool.children:
            child.forsake()
    _pool = None


os.register_at_fork(after_in_child=_after_fork)
atexit.register(close)
