import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import structlog

from records.documents.errors import (
    FileNeedsTooMuchMemory,
    FileTakesTooLong,
    FileUnreadable,
    SandboxUnavailable,
)
from records.documents.rules.signatures import FileKind
from records.documents.sandbox import operations, pool
from records.documents.sandbox.pool import Job, Pool, Source
from tests.records.documents import samples

ROOT = Path(__file__).resolve().parents[4]
PDF = samples.written_pdf("One", "Two")
RENDER = {"page": 1, "dpi": 20, "rotate": 0, "form": "png"}


@pytest.fixture
def own_pool():
    made = Pool(2)
    yield made
    made.close()


def source(data=PDF, kind=FileKind.PDF, key=None):
    loads = []

    def load():
        loads.append(key)
        return data

    made = Source(key or str(hash(data)), kind, load)
    return made, loads


def render(of, job_source, **options):
    answer, parts = of.run(Job("render", RENDER, **options), [job_source])
    assert "error" not in answer, answer
    return parts[0]


@contextlib.contextmanager
def stopped(child):
    """Hold the child still, as a job that never ends would."""
    os.kill(child.process.pid, signal.SIGSTOP)
    yield
    if child.is_alive:
        os.kill(child.process.pid, signal.SIGCONT)


def only_child(of):
    (child,) = of.children
    return child


def is_running(pid):
    return os.path.exists(f"/proc/{pid}")


def test_same_child_does_job_after_job_and_loads_the_file_once(own_pool):
    file, loads = source()

    pictures = [render(own_pool, file) for _ in range(3)]

    assert len(set(pictures)) == 1
    assert len(loads) == 1
    assert only_child(own_pool).jobs == 3


def test_file_that_the_child_has_forgotten_is_sent_again(own_pool):
    first, _ = source(key="first")
    second, loads = source(key="second")
    render(own_pool, first)
    only_child(own_pool).held_key = "second"

    render(own_pool, second)

    assert loads == ["second"]


def test_another_file_goes_to_another_child_and_each_is_kept(own_pool):
    first, first_loads = source(key="first")
    second, second_loads = source(key="second")

    for _ in range(3):
        render(own_pool, first)
        render(own_pool, second)

    assert (len(first_loads), len(second_loads)) == (1, 1)
    assert sorted(child.held_key for child in own_pool.children) == ["first", "second"]


def test_never_more_children_than_its_size(own_pool):
    failures = []

    def work(number):
        file, _ = source(key=f"file {number}")
        try:
            for _ in range(4):
                render(own_pool, file)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert len(own_pool.children) == 2
    assert sum(child.jobs for child in own_pool.children) == 32


def test_child_outlives_the_thread_that_first_needed_it(own_pool):
    file, _ = source()
    thread = threading.Thread(target=render, args=(own_pool, file))
    thread.start()
    thread.join()
    time.sleep(0.1)

    assert only_child(own_pool).is_alive


@pytest.mark.goal("G-48")
def test_late_job_is_killed_within_a_second_and_the_next_one_works(own_pool):
    file, _ = source()
    render(own_pool, file)
    child = only_child(own_pool)
    started = time.monotonic()

    with stopped(child), pytest.raises(FileTakesTooLong):
        own_pool.run(Job("render", RENDER, seconds=0.3), [file])
    ended = time.monotonic() - started

    assert 0.3 <= ended < 1.3
    assert not is_running(child.process.pid)
    assert render(own_pool, file)


def test_job_over_its_processor_time_is_killed(own_pool):
    def change(pdf):
        pdf.pages[0].obj.Contents = pdf.make_stream(b"0 0 600 700 re f\n" * 3_000_000)

    data = samples.changed_pdf(change, compress_streams=True)
    file, _ = source(data)

    with pytest.raises((FileTakesTooLong, FileUnreadable)):
        own_pool.run(Job("render", RENDER | {"dpi": 300}, seconds=0.2), [file])


def test_job_whose_child_dies_is_refused_and_the_next_one_works(own_pool):
    file, _ = source()
    render(own_pool, file)
    child = only_child(own_pool)
    killer = threading.Timer(0.2, os.kill, (child.process.pid, signal.SIGKILL))
    killer.start()

    with stopped(child), pytest.raises(FileUnreadable):
        render(own_pool, file)
    killer.join()

    assert child not in own_pool.children
    assert render(own_pool, file)


def test_idle_child_that_died_is_replaced_unseen(own_pool):
    file, loads = source()
    render(own_pool, file)
    child = only_child(own_pool)
    os.kill(child.process.pid, signal.SIGKILL)
    child.process.wait()

    assert render(own_pool, file)

    assert len(loads) == 2
    assert only_child(own_pool) is not child


def test_child_is_replaced_after_so_many_jobs(own_pool, monkeypatch):
    monkeypatch.setattr(pool, "JOBS_PER_CHILD", 2)
    file, _ = source()
    seen = set()

    for _ in range(5):
        render(own_pool, file)
        seen |= {child.process.pid for child in own_pool.children}

    assert len(seen) == 3
    assert len(own_pool.children) == 1


@pytest.mark.goal("G-48")
def test_job_over_its_memory_is_refused_and_its_child_replaced(own_pool):
    data = samples.saved(samples.drawn(9000, 9000, "RGB"), "PNG", compress_level=1)
    file, _ = source(data, FileKind.PNG)

    answer, _ = own_pool.run(Job("render", RENDER, memory=10_000_000), [file])

    assert answer["error"] == FileNeedsTooMuchMemory.__name__
    assert render(own_pool, file)


def test_odd_job_is_answered_and_its_child_replaced(own_pool):
    file, _ = source()

    answer, _ = own_pool.run(Job("no such operation", {}), [file])

    assert (answer["error"], answer["detail"]) == (
        FileUnreadable.__name__,
        "KeyError: 'no such operation'",
    )
    assert own_pool.children == set()


def test_source_that_cannot_be_loaded_leaves_no_child_with_half_a_job(own_pool):
    def load():
        raise OSError("vault gone")

    with pytest.raises(OSError, match="vault gone"):
        own_pool.run(Job("render", RENDER), [Source("x", FileKind.PDF, load)])

    file, _ = source()
    assert render(own_pool, file)


def test_nobody_free_in_time_is_unavailable(own_pool, monkeypatch):
    monkeypatch.setattr(pool, "WAIT_SECONDS", 0.1)
    file, _ = source()

    with own_pool.child(), own_pool.child(), pytest.raises(SandboxUnavailable, match="busy"):
        render(own_pool, file)

    assert render(own_pool, file)


def test_waiting_job_gets_the_first_free_child(own_pool):
    file, _ = source()
    done = []
    with own_pool.child() as first, own_pool.child():
        thread = threading.Thread(target=lambda: done.append(render(own_pool, file)))
        thread.start()
        time.sleep(0.1)
        assert done == []
        assert first.is_alive
    thread.join(10)

    assert len(done) == 1


@pytest.mark.parametrize(
    "command",
    [["/bin/false"], ["/nonexistent"], [sys.executable, "-c", "import time; time.sleep(30)"]],
)
def test_child_that_does_not_start_is_unavailable(own_pool, monkeypatch, command):
    real = subprocess.Popen
    monkeypatch.setattr(pool.subprocess, "Popen", lambda _, **options: real(command, **options))
    monkeypatch.setattr(pool, "START_SECONDS", 0.5)
    file, _ = source()

    with pytest.raises(SandboxUnavailable):
        render(own_pool, file)

    monkeypatch.undo()
    assert render(own_pool, file)


def test_child_knows_nothing_of_this_process_environment(own_pool, monkeypatch):
    monkeypatch.setenv("VAULT_KEYSET", "secret")
    file, _ = source()
    render(own_pool, file)

    try:
        environment = Path(f"/proc/{only_child(own_pool).process.pid}/environ").read_bytes()
    except PermissionError:
        pytest.skip("only root may read the environment of a process that is not to be traced")

    names = {entry.partition(b"=")[0].decode() for entry in environment.split(b"\0") if entry}
    assert names == set(pool.CHILD_ENVIRONMENT)


def test_forked_process_starts_its_own_children_and_leaves_ours_alone(settings):
    ours = operations.render(operations.source(PDF), 1, dpi=20)
    before = {child.process.pid for child in pool.current(2).children}
    reading, writing = os.pipe()

    forked = os.fork()
    if forked == 0:
        try:
            picture = operations.render(operations.source(PDF), 1, dpi=20)
            theirs = {child.process.pid for child in pool.current(2).children}
            is_good = picture == ours and not theirs & before
            os.write(writing, b"good" if is_good else b"bad")
            pool.close()
        finally:
            os._exit(0)
    os.close(writing)
    os.waitpid(forked, 0)

    assert os.read(reading, 10) == b"good"
    os.close(reading)
    assert {child.process.pid for child in pool.current(2).children} == before
    assert operations.render(operations.source(PDF), 1, dpi=20) == ours


def test_children_end_with_a_process_that_is_killed():
    program = (
        "import time; from records.documents.sandbox.pool import Pool\n"
        "pool = Pool(1)\n"
        "with pool.child() as child:\n"
        "    print(child.process.pid, flush=True)\n"
        "    time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=ROOT
    ) as parent:
        child = int(parent.stdout.readline())
        parent.send_signal(signal.SIGKILL)

    deadline = time.monotonic() + 5
    while is_running(child) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not is_running(child)


def test_process_that_ends_by_itself_leaves_no_child_and_no_noise():
    program = (
        "from records.documents.sandbox import pool\n"
        "with pool.current(1).child() as child:\n"
        "    print(child.process.pid, flush=True)\n"
    )

    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        capture_output=True,
        cwd=ROOT,
        check=True,
        timeout=30,
    )

    lines = done.stdout.decode().splitlines()
    assert not is_running(int(lines[-1]))
    assert done.stderr == b""


@pytest.mark.parametrize(
    ("missing", "level"), [({}, "info"), ({"landlock": "the kernel has no Landlock"}, "warning")]
)
def test_first_use_says_which_layers_are_missing(monkeypatch, missing, level):
    class Ready:
        report = {"layers": {"limits": "on"}, "missing": missing}

    class Fake:
        def child(self):
            return contextlib.nullcontext(Ready())

    with structlog.testing.capture_logs() as lines:
        pool._announce(Fake())

    assert lines == [
        {
            "event": "sandbox.started",
            "layers": {"limits": "on"},
            "missing": missing,
            "log_level": level,
        }
    ]


def test_close_ends_all_and_the_next_use_begins_anew():
    first = pool.current(2)
    with first.child() as child:
        pid = child.process.pid

    pool.close()
    pool.close()
    second = pool.current(2)

    assert not is_running(pid)
    assert second is not first
