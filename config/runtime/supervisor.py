"""All processes of a stand-alone copy in the foreground: started, watched, stopped in order."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from types import FrameType

from config import env
from config.runtime import accounts, demo, migrated, processes, servers, stamps, waiting
from config.runtime.errors import CannotStart
from config.runtime.home import Home

LAST_PORT_AFTER = 50
WEB_LIMIT_SECONDS = 60
STEP_LIMIT_SECONDS = 1800
LARGEST_LOG_BYTES = 20_000_000
# How long each may take to end, in the order in which they are asked. PostgreSQL has what is left
# of the whole; it is usually most of it.
STOP_SECONDS = {"web": 2.5, "beat": 0.7, "worker": 2.0}
SEAL_SECONDS = 2.5
STOP_LIMIT_SECONDS = 9.5


class Interrupted(Exception):
    """The person or the system asked us to stop."""


def listen(first_port: int) -> socket.socket:
    """Return a listening socket on the first free loopback port from `first_port` on.

    The web server inherits it, so that nobody can take the port meanwhile.

    Raises:
        CannotStart: none of the next fifty is free.
    """
    for port in range(first_port, first_port + LAST_PORT_AFTER):
        found = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            found.bind(("127.0.0.1", port))
        except OSError:
            found.close()
        else:
            found.listen(128)
            return found
    raise CannotStart(f"No free port from {first_port} to {first_port + LAST_PORT_AFTER - 1}")


@dataclass
class Supervisor:
    """The processes of one home; `say` speaks to the person at the terminal."""

    home: Home
    first_port: int
    say: Callable[[str], None]
    loads_demo: bool = True
    started: list[processes.Child] = field(default_factory=list, init=False)
    servers: servers.Servers | None = field(default=None, init=False)
    settings: dict[str, str] = field(default_factory=dict, init=False)
    owner_settings: dict[str, str] = field(default_factory=dict, init=False)

    # --- the whole run ------------------------------------------------------------------------

    def run(self) -> None:
        """Start everything and stay until asked to stop, or until a process ends by itself.

        Raises:
            CannotStart: something did not start, or a process ended; all the others are stopped.
        """
        with ExitStack() as stack:
            self._take_home(stack)
            _listen_to_signals()
            try:
                self._start()
                self._watch()
            except Interrupted:
                self.say("Stopping…")
            finally:
                _ignore_signals()
                self._stop()
        self.say("Stopped.")

    def _take_home(self, stack: ExitStack) -> None:
        """Own the home; a command that owns it for a moment is waited for."""
        has_own_servers = bool(env.secret("DATABASE_URL"))
        self.home.prepare(None if has_own_servers else accounts.server_account())
        end = time.monotonic() + 60
        while not stack.enter_context(self.home.owning()):
            running = self.home.read_running()
            if running is not None and running.command == "up":
                where = f" at {running.url}" if running.url else ""
                raise CannotStart(f"Chartroom already runs{where} (process {running.pid})")
            if time.monotonic() > end:
                raise CannotStart(f"Another command holds {self.home.path}")
            time.sleep(0.2)

    def _start(self) -> None:
        listener = listen(self.first_port)
        url = f"http://localhost:{listener.getsockname()[1]}"
        self.say(f"Starting; {url} says so until all is ready…")
        with waiting.room(listener):
            self._start_servers(url)
            self._migrate()
            self._collect_static()
            people = self._load_demo() if self.loads_demo else []
        # The web server first: each of the three loads everything, and people wait for this one.
        self._start_web(listener)
        self._wait_for_web(listener)
        listener.close()
        self._start_child("worker", _celery("worker", "--concurrency", "2", "--without-gossip"))
        schedule = str(self.home.run / "beat-schedule")
        self._start_child("beat", _celery("beat", "--schedule", schedule, "--pidfile="))
        self._announce(url, people)

    def _announce(self, url: str, people: Sequence[demo.SignIn]) -> None:
        self.say(f"\nChartroom runs at {url}\n")
        for person in people:
            self.say(f"  {person.role:<14} {person.username:<14} {person.password}")
        if people:
            self.say("")
        self.say(f"Data and logs lie in {self.home.path}")
        if self.servers and not self.servers.placement.is_inside(self.home):
            self.say(
                f"PostgreSQL's and Valkey's data lie in {self.servers.placement.data}: the account "
                "that runs them cannot enter the folder above"
            )
        self.say("Ctrl-C stops everything.")

    # --- parts --------------------------------------------------------------------------------

    def _start_servers(self, url: str) -> None:
        base = dict(os.environ) | {"SITE_URL": os.environ.get("SITE_URL", url)}
        owner = {"OWNER_DATABASE_URL": base.pop("OWNER_DATABASE_URL", "")}
        if env.secret("DATABASE_URL"):
            self.settings = base | {"CHARTROOM_DATABASE_ROLE": "app"}
            self.owner_settings = base | owner | {"CHARTROOM_DATABASE_ROLE": "owner"}
            return
        self.servers = servers.of_home(self.home)
        self.servers.start()
        running = self.servers.running(os.getpid(), "up", url)
        self.home.write_running(running)
        secrets = self.servers.secrets
        self.settings = base | servers.environment(secrets, running, "app")
        self.owner_settings = base | servers.environment(secrets, running, "owner")

    def _child(
        self, name: str, command: Sequence[str], settings: Mapping[str, str]
    ) -> processes.Child:
        log = self.home.logs / f"{name}.log"
        if log.exists() and log.stat().st_size > LARGEST_LOG_BYTES:
            log.rename(log.with_suffix(".log.1"))
        return processes.Child(name, command, log, environment=settings, folder=env.ROOT)

    def _step(self, name: str, arguments: Sequence[str], settings: Mapping[str, str]) -> None:
        """Run one command to its end.

        Raises:
            CannotStart: it failed.
        """
        child = self._child(name, _manage(*arguments), settings)
        self.started.append(child)
        child.start()
        processes.wait_until(lambda: child.has_ended, STEP_LIMIT_SECONDS)
        self.started.remove(child)
        if child.stop(1) and child.process and child.process.returncode == 0:
            return
        raise CannotStart(child.why())

    def _migrate(self) -> None:
        server = self.servers.postgres if self.servers else None
        migrated.bring(
            self.home.run,
            server,
            lambda: self._step("migrate", migrated.MIGRATE, self.owner_settings),
        )

    def _collect_static(self) -> None:
        sources = [p for p in (env.ROOT / "static").rglob("*") if p.is_file()]
        stamp = stamps.of_files([*sources, env.ROOT / "requirements.lock"])
        note = self.home.run / "static.stamp"
        if not stamps.is_done(note, stamp):
            arguments = ["collectstatic", "--no-input", "--clear", "--verbosity", "0"]
            self._step("collectstatic", arguments, self.settings)
            stamps.set_done(note, stamp)

    def _load_demo(self) -> list[demo.SignIn]:
        if self.servers is None:
            return []
        unfinished = self.home.run / "demo.unfinished"
        for name, arguments in demo.steps(self.servers.postgres):
            self.say(f"First start: {name}…")
            unfinished.touch()
            self._step("demo", arguments, self.settings)
            unfinished.unlink()
        if unfinished.exists():
            self.say(f"Demo data were not loaded whole; to begin anew, remove {self.home.path}")
        return demo.sign_ins()

    def _start_child(self, name: str, command: Sequence[str]) -> None:
        child = self._child(name, command, self.settings)
        child.start()
        self.started.append(child)

    def _start_web(self, listener: socket.socket) -> None:
        number = listener.fileno()
        command = [sys.executable, "-m", "gunicorn", "--config", "python:config.gunicorn"]
        child = self._child(
            "web",
            [*command, "config.wsgi:application"],
            self.settings | {"WEB_BIND": f"fd://{number}"},
        )
        child.inherited = (number,)
        child.start()
        self.started.append(child)

    def _wait_for_web(self, listener: socket.socket) -> None:
        port = listener.getsockname()[1]

        def is_settled() -> bool:
            return self._ended() is not None or _answers(port)

        if not processes.wait_until(is_settled, WEB_LIMIT_SECONDS, pause=0.1):
            raise CannotStart(f"The web server did not answer within {WEB_LIMIT_SECONDS} s")
        self._check_all()

    # --- watching and stopping ----------------------------------------------------------------

    def _all(self) -> list[processes.Child]:
        own = [self.servers.valkey.child, self.servers.postgres.child] if self.servers else []
        return [*self.started, *(child for child in own if child)]

    def _ended(self) -> processes.Child | None:
        return next((child for child in self._all() if child.has_ended), None)

    def _check_all(self) -> None:
        ended = self._ended()
        if ended:
            raise CannotStart(ended.why())

    def _watch(self) -> None:
        while True:
            self._check_all()
            time.sleep(0.3)

    def _stop(self) -> None:
        end = time.monotonic() + STOP_LIMIT_SECONDS
        ranks = list(STOP_SECONDS)
        self.started.sort(key=lambda child: ranks.index(child.name) if child.name in ranks else -1)
        was_serving = any(child.name == "web" for child in self.started)
        for child in self.started:
            child.stop(STOP_SECONDS.get(child.name, 1))
        if self.servers is None:
            return
        if was_serving:
            self._seal()
        self.home.forget_running()
        self.servers.stop(max(1.0, end - time.monotonic()))

    def _seal(self) -> None:
        """Seal and anchor what happened up to now; what is left is sealed at the next start."""
        server = self.servers.postgres.child if self.servers else None
        if server and not server.has_ended:
            child = self._child("seal", _manage("seal_audit"), self.settings)
            child.start()
            processes.wait_until(lambda: child.has_ended, SEAL_SECONDS)
            child.stop(0.1)


def _manage(*arguments: str) -> list[str]:
    return [sys.executable, str(env.ROOT / "manage.py"), *arguments]


def _celery(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "celery", "-A", "config", *arguments, "--loglevel", "INFO"]


def _answers(port: int) -> bool:
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        link.request("GET", "/health/live/", headers={"Host": "localhost"})
        return link.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        link.close()


def _listen_to_signals() -> None:
    def interrupt(_number: int, _frame: FrameType | None) -> None:
        _ignore_signals()
        raise Interrupted

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)


def _ignore_signals() -> None:
    # A handler that does nothing, not SIG_IGN: children would inherit that and be deaf.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda _number, _frame: None)
