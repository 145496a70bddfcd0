"""The child's own loop, run in this process on the other end of a pair of sockets."""

import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from records.documents.errors import FileEncrypted
from records.documents.sandbox import child, layers
from records.documents.sandbox.frames import Channel, Closed
from tests.records.documents import samples

ROOT = Path(__file__).resolve().parents[4]
PDF = samples.written_pdf("One", "Two")
FAX = samples.fax(2)


@pytest.fixture(autouse=True)
def no_limits(monkeypatch):
    """Leave this process's own limits alone; note what would have been set."""
    asked = []
    monkeypatch.setattr(
        layers, "limit_job", lambda memory, seconds: asked.append((memory, seconds))
    )
    return asked


@pytest.fixture
def ask():
    """Return a function that has a child answer one request after the other."""
    ours, theirs = socket.socketpair()
    here = Channel(ours.fileno())
    served = child.Child(Channel(theirs.fileno()), 1000)

    def serve():
        try:
            served.serve()
        except Closed:
            theirs.close()

    thread = threading.Thread(target=serve)
    thread.start()

    def request(operation, parts=(), key="k", kinds=("PDF",), **arguments):
        header = {"operation": operation, "arguments": arguments, "key": key, "kinds": kinds}
        here.send(header | {"seconds": 5, "memory": 100}, parts)
        return here.receive(10**9)

    request.child = served
    yield request
    ours.close()
    thread.join(5)


def test_document_is_held_for_the_next_job(ask):
    first, _ = ask("texts", [PDF], pages=[1])
    second, _ = ask("texts", [], pages=[2])

    assert (first["texts"], second["texts"]) == (["One"], ["Two"])


@pytest.mark.parametrize("key", ["other", ""])
def test_document_that_is_not_held_is_asked_for(ask, key):
    ask("texts", [PDF], key="k", pages=[1])

    answer, _ = ask("texts", [], key=key, pages=[1])

    assert answer["error"] == child.NOT_HELD


def test_nothing_is_held_at_first(ask):
    assert ask("texts", [], pages=[1])[0]["error"] == child.NOT_HELD


def test_held_document_is_forgotten_after_a_while(ask, monkeypatch):
    monkeypatch.setattr(child, "FORGET_AFTER", 0.05)
    ask("texts", [PDF], pages=[1])
    deadline = threading.Event()
    deadline.wait(0.3)

    assert ask.child.held is None
    assert ask("texts", [], pages=[1])[0]["error"] == child.NOT_HELD


def test_new_document_takes_the_old_ones_place(ask):
    ask("texts", [PDF], key="first", pages=[1])
    ask("texts", [FAX], key="second", kinds=("TIFF",), pages=[1])

    assert ask.child.held.key == "second"
    assert ask("texts", [], key="first", pages=[1])[0]["error"] == child.NOT_HELD


def test_limits_grow_with_what_is_sent(ask, no_limits):
    ask("texts", [PDF], pages=[1])

    assert no_limits == [(1000 + 100 + 4 * len(PDF), 5)]


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (FileEncrypted("locked"), {"error": "FileEncrypted", "detail": "locked"}),
        (
            MemoryError("x"),
            {"error": "FileNeedsTooMuchMemory", "detail": "", "worn": True},
        ),
        (
            LookupError("odd"),
            {"error": "FileUnreadable", "detail": "LookupError: odd", "worn": True},
        ),
    ],
)
def test_failure_is_answered_by_its_code(ask, monkeypatch, raised, expected):
    def fail(held, arguments):
        raise raised

    monkeypatch.setitem(child.ONE_FILE, "texts", fail)

    assert ask("texts", [PDF], pages=[1])[0] == expected


def test_assembling_takes_several_files_and_holds_none(ask):
    ask("texts", [PDF], pages=[1])

    answer, parts = ask(
        "assemble",
        [PDF, FAX],
        kinds=("PDF", "TIFF"),
        pieces=[[1, 2, 0], [0, 1, 90]],
        stamp={"reference": "R-1"},
        title="R-1",
    )

    assert [(page["source"], page["page"]) for page in answer["placed"]] == [(1, 2), (0, 1)]
    assert parts[0].startswith(b"%PDF-")
    assert ask.child.held is None


@pytest.mark.parametrize(("kinds", "data"), [(("PDF",), PDF), (("TIFF",), FAX)])
@pytest.mark.parametrize(
    ("operation", "arguments", "parts"),
    [
        ("inspect", {"limits": {}}, 0),
        ("render", {"page": 2, "dpi": 10, "rotate": 90, "form": "auto"}, 1),
        ("thumbnails", {"pages": [1, 2], "width": 20, "form": "png"}, 2),
        ("texts", {"pages": [1, 2]}, 0),
    ],
)
def test_every_operation_answers_for_papers_and_pictures(
    ask, kinds, data, operation, arguments, parts
):
    answer, contents = ask(operation, [data], kinds=kinds, **arguments)

    assert "error" not in answer
    assert len(contents) == parts


def test_to_pdf_answers_with_a_pdf(ask):
    _, (content,) = ask("to_pdf", [FAX], kinds=("TIFF",))

    assert content.startswith(b"%PDF-")


def test_rehearsal_leaves_nothing_to_load_later():
    program = (
        "import sys\n"
        "from records.documents.sandbox import child\n"
        "child.rehearse()\n"
        "before = set(sys.modules)\n"
        "child.rehearse()\n"
        "print(sorted(set(sys.modules) - before))\n"
        "print([name for name in sys.modules if name.partition('.')[0] in ('django', 'config')])\n"
        "import threading; print(threading.active_count())\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, cwd=ROOT, check=True, timeout=30
    )

    assert done.stdout.decode().split("\n") == ["[]", "[]", "1", ""]


def test_child_whose_parent_goes_ends_quietly():
    ours, theirs = socket.socketpair()
    with subprocess.Popen(
        [sys.executable, "-m", "records.documents.sandbox.child", str(os.getpid())],
        stdin=theirs.fileno(),
        stderr=subprocess.PIPE,
        cwd=ROOT,
    ) as started:
        theirs.close()
        report, _ = Channel(ours.fileno()).receive(0)
        ours.close()
        started.wait(10)
        errors = started.stderr.read()

    assert (started.returncode, errors) == (0, b"")
    assert report["pid"] == started.pid
    assert set(report) == {"layers", "missing", "pid", "seconds"}


def test_main_serves_on_standard_input(monkeypatch):
    """The same as above in this process, shut-in left out."""
    ours, theirs = socket.socketpair()
    moved = []
    monkeypatch.setattr(child.os, "dup", lambda descriptor: theirs.fileno())
    monkeypatch.setattr(child.os, "dup2", lambda source, target: moved.append(target))
    monkeypatch.setattr(child.layers, "shut_in", lambda parent: layers.Report({"a": str(parent)}))
    monkeypatch.setattr(sys, "argv", ["child", "77"])
    ours.shutdown(socket.SHUT_WR)

    with pytest.raises(SystemExit) as ended:
        child.main()

    report, _ = Channel(ours.fileno()).receive(0)
    assert (ended.value.code, report["layers"], moved) == (0, {"a": "77"}, [0, 1, 2])
    ours.close()
    theirs.close()
