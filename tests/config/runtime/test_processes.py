import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from config import env
from config.runtime import processes
from config.runtime.errors import CannotStart

DEAF = "import signal,time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True)\n"


def is_running(pid):
    """Tell whether a process lives; one that only waits to be collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def python(tmp_path, code):
    return processes.Child("helper", [sys.executable, "-c", code], tmp_path / "helper.log")


def test_child_runs_in_a_session_of_its_own_and_stops_when_asked(tmp_path):
    child = python(tmp_path, "import time; time.sleep(60)")
    child.start()

    assert os.getsid(child.process.pid) == child.process.pid
    assert not child.has_ended
    assert child.stop(5) is True
    assert child.has_ended
    assert child.why() == "helper was ended by SIGTERM: no output"


def test_child_that_ignores_the_request_is_killed_with_its_session(tmp_path):
    grandchild = (
        f"import subprocess, sys; code = {DEAF!r} + 'time.sleep(60)'\n"
        "print(subprocess.Popen([sys.executable, '-c', code]).pid, flush=True)\n"
    )
    child = python(tmp_path, DEAF + grandchild + "time.sleep(60)")
    child.start()
    log = tmp_path / "helper.log"
    processes.wait_until(lambda: log.read_text().count("deaf") == 2, 10)
    pid = int(next(line for line in log.read_text().split() if line.isdigit()))

    assert child.stop(0.2) is False
    assert processes.wait_until(lambda: not is_running(pid), 5)


def test_why_gives_status_and_last_lines(tmp_path):
    child = python(tmp_path, "for n in range(9): print('line', n)\nraise SystemExit(3)")
    child.start()
    child.process.wait()

    assert child.why() == ("helper ended with status 3: line 4 | line 5 | line 6 | line 7 | line 8")


def test_program_that_does_not_exist_is_named(tmp_path):
    child = processes.Child("web", ["/no/such/program"], tmp_path / "web.log")

    with pytest.raises(CannotStart, match=r"^web cannot be started: .*/no/such/program"):
        child.start()
    assert child.has_ended
    assert child.stop(0) is True
    assert child.why() == "web was not started: no output"


def test_log_that_cannot_be_opened_is_named(tmp_path):
    child = processes.Child("web", ["/bin/true"], tmp_path / "missing" / "web.log")

    with pytest.raises(CannotStart, match=r"web cannot be started: .*No such file"):
        child.start()


def test_child_dies_when_its_parent_is_killed(tmp_path):
    code = (
        "import sys,time; from pathlib import Path\n"
        "from config.runtime.processes import Child\n"
        "child = Child('helper', ['/bin/sleep', '60'], Path(sys.argv[1])); child.start()\n"
        "print(child.process.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "log")],
        cwd=env.ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    pid = int(parent.stdout.readline())
    assert is_running(pid)

    parent.send_signal(signal.SIGKILL)
    parent.communicate()

    assert processes.wait_until(lambda: not is_running(pid), 5)


def test_wait_until_gives_up_after_its_time():
    begun = time.monotonic()

    assert processes.wait_until(lambda: False, 0.2) is False
    assert 0.2 <= time.monotonic() - begun < 2


@pytest.mark.parametrize(
    "text, expected",
    [
        (None, "no log"),
        ("", "no output"),
        ("\n a \n\n b\n", "a | b"),
        ("1\n2\n3\n4\n5\n6", "2 | 3 | 4 | 5 | 6"),
    ],
)
def test_last_lines(tmp_path, text, expected):
    path = tmp_path / "log"
    if text is not None:
        path.write_text(text)

    assert processes.last_lines(path) == expected
