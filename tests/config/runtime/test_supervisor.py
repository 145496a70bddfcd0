import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

import pytest

from config import env
from config.runtime import processes, supervisor, valkey
from config.runtime.errors import CannotStart
from config.runtime.home import Home
from tests.servers import PREFIX, TEST

# One process after another is started for real here; a machine with two busy cores needs a while.
PATIENCE = 300


class Up:
    """`manage.py up` in a process of its own, heard line by line."""

    def __init__(self, home, *arguments):
        self.home = home
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "up", "--no-demo", *arguments],
            cwd=env.ROOT,
            env=TEST.plain_environment() | {"CHARTROOM_HOME": str(home.path)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.lines = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        self.lines.extend(iter(self.process.stdout.readline, ""))

    def wait_for_url(self):
        found = processes.wait_until(lambda: self.url or self.process.poll() is not None, PATIENCE)
        if not (found and self.url):
            pytest.fail(f"not served: {self.lines}, {self.end()}")
        return self.url

    @property
    def url(self):
        match = re.search(r"^Chartroom runs at (http://localhost:\d+)$", "".join(self.lines), re.M)
        ended = any(line.startswith("Ctrl-C") for line in list(self.lines))
        return match[1] if match and ended else None

    def descendants(self):
        """Return all processes below `up`, as far as they live."""
        children = {}
        for path in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                state, parent = path.read_text().rpartition(")")[2].split()[:2]
                if state != "Z":
                    children.setdefault(int(parent), []).append(int(path.parent.name))
        found, todo = [], [self.process.pid]
        while todo:
            below = children.get(todo.pop(), [])
            found += below
            todo += below
        return found

    def child(self, words):
        """Return the one direct child whose command line holds `words`."""
        return next(pid for pid in self.descendants() if words in command_line(pid))

    def end(self, number=signal.SIGTERM):
        """Send a signal and return status, standard error and the seconds that it took."""
        begun = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(number)
        status = self.process.wait(PATIENCE)
        seconds = time.monotonic() - begun
        self._reader.join(PATIENCE)
        with self.process.stderr as stderr:
            said = stderr.read()
        self.process.stdout.close()
        return status, said, seconds

    def wait(self):
        """Return the status with which it ends by itself."""
        return self.process.wait(PATIENCE)

    def clear(self):
        """Leave no process and no open pipe, however the test ended."""
        if not self.process.stderr.closed:
            self.end(signal.SIGKILL)


def command_line(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def living(pids):
    return [f"{pid} {command_line(pid)}" for pid in pids if command_line(pid)]


def get(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.status, answer.read().decode()


@pytest.fixture(scope="module")
def home():
    """One home for this file: whichever test comes first makes its database."""
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{TEST.process}-", dir="/tmp"))
    folder.chmod(0o711)
    found = Home(folder / "records room")
    found.prepare(TEST.account)
    yield found
    shutil.rmtree(folder)


@pytest.fixture
def up(home):
    started = []

    def start(*, port=0, at=home):
        started.append(Up(at, "--port", str(port or valkey.free_port())))
        return started[-1]

    yield start
    for one in started:
        one.clear()


def manage(home, *arguments):
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=env.ROOT,
        env=TEST.plain_environment() | {"CHARTROOM_HOME": str(home.path)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.timed
def test_up_serves_lets_commands_attach_stops_whole_and_starts_again(up, home):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        first = up(port=port)
        url = first.wait_for_url()

    assert url != f"http://localhost:{port}"
    assert get(f"{url}/health/live/") == (200, "ok\n")
    ready = json.loads(get(f"{url}/health/ready/")[1])
    assert (ready["database"], ready["cache"]) == ("ok", "ok")
    assert f"Data and logs lie in {home.path}\n" in first.lines
    everything = first.descendants()
    for words in ("postgres -D", "valkey-server", "gunicorn", "celery -A config worker", "beat"):
        assert first.child(words)
    assert all(os.getsid(pid) != os.getsid(first.process.pid) for pid in everything)
    web = Path(f"/proc/{first.child('gunicorn')}/environ").read_bytes()
    assert b"DATABASE_URL=postgres://chartroom_app:" in web
    assert b"OWNER_DATABASE_URL" not in web

    known = json.loads(manage(home, "env", "--json", "--secrets").stdout)
    assert (known["running"], known["url"], known["home"]) == (True, url, str(home.path))
    assert all(
        known[name].startswith("postgres://") for name in ("DATABASE_URL", "SUPERUSER_DATABASE_URL")
    )
    attached = manage(home, "migrate", "--check")
    assert attached.returncode == 0, attached.stderr
    second = manage(home, "up", "--no-demo")
    assert (second.returncode, second.stderr) == (
        2,
        f"Chartroom already runs at {url} (process {first.process.pid})\n",
    )

    status, said, seconds = first.end()
    assert (status, said) == (0, "")
    assert seconds < 10
    assert living(everything) == []
    assert first.lines[-2:] == ["Stopping…\n", "Stopped.\n"]

    (home.logs / "migrate.log").unlink()
    begun = time.monotonic()
    again = up()
    again.wait_for_url()
    assert time.monotonic() - begun < 10
    assert not (home.logs / "migrate.log").exists()  # nothing had changed
    everything = again.descendants()

    os.kill(again.child("celery -A config worker"), signal.SIGKILL)
    assert again.wait() == 2
    said = again.end()[1]
    assert re.fullmatch(r"worker was ended by SIGKILL: .*\n", said)
    assert living(everything) == []


@pytest.mark.timed
def test_nothing_is_left_when_up_itself_is_killed(up, home):
    running = up()
    running.wait_for_url()
    everything = running.descendants()

    running.end(signal.SIGKILL)

    assert processes.wait_until(lambda: not living(everything), 10), living(everything)
    assert home.running() is None


def test_up_where_nothing_can_be_written_says_so_in_one_line(up, shared_folder):
    (shared_folder / "secrets.json").mkdir()

    refused = up(at=Home(shared_folder))

    assert refused.wait() == 2
    assert refused.end()[1] == f"{shared_folder}/secrets.json cannot be used: Is a directory\n"


def test_interrupted_start_stops_what_had_begun(up, shared_folder):
    running = up(at=Home(shared_folder / "never whole"))
    assert processes.wait_until(
        lambda: any("migrate" in command_line(p) for p in running.descendants()), PATIENCE
    )
    everything = running.descendants()

    status, said, seconds = running.end(signal.SIGINT)

    assert (status, said) == (0, "")
    assert seconds < 10
    assert living(everything) == []


def test_listen_takes_the_next_free_port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with supervisor.listen(port) as found:
            assert port < found.getsockname()[1] < port + supervisor.LAST_PORT_AFTER


def test_listen_gives_up_when_no_port_is_free(monkeypatch):
    monkeypatch.setattr(supervisor, "LAST_PORT_AFTER", 1)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(CannotStart, match=f"^No free port from {port} to {port}$"):
            supervisor.listen(port)
