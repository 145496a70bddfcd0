"""What a process can still do after it has shut itself in: tried by a program that attacks."""

import json
import os
import platform
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from records.documents.sandbox import landlock, layers, seccomp

ROOT = Path(__file__).resolve().parents[4]
PROBE = """
import ctypes, json, os, resource, signal, socket, sys
from records.documents.sandbox import layers
parent, port, target = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
listening = socket.socket()
library = ctypes.CDLL(None, use_errno=True)
report = layers.shut_in(parent)
def attempt(action):
    try:
        result = action()
    except BaseException as error:
        return type(error).__name__
    return f"done: {result!r}"
def call(name, *arguments):
    if getattr(library, name)(*arguments) < 0:
        raise OSError(ctypes.get_errno(), name)
    return "yes"
results = {
    "read a file": attempt(lambda: open(target).read()),
    "read the password file": attempt(lambda: open("/etc/passwd").read(4)),
    "read the parent's environment": attempt(lambda: open(f"/proc/{parent}/environ", "rb").read(1)),
    "list the root folder": attempt(lambda: os.listdir("/")),
    "write a file": attempt(lambda: open(target + ".new", "w").write("x")),
    "make a folder": attempt(lambda: os.mkdir(target + ".folder")),
    "delete a file": attempt(lambda: os.unlink(target)),
    "fill a temporary folder": attempt(lambda: open("/dev/shm/x", "w").write("x")),
    "open a socket": attempt(lambda: socket.socket()),
    "connect an old socket": attempt(lambda: listening.connect(("127.0.0.1", port))),
    "start a process": attempt(os.fork),
    "become another program": attempt(lambda: os.execv("/bin/true", ["true"])),
    "kill the parent": attempt(lambda: os.kill(parent, 0)),
    "trace the parent": attempt(lambda: call("ptrace", 16, parent, 0, 0)),
    "become root": attempt(lambda: os.setuid(0)),
    "leave the folder tree": attempt(lambda: os.chroot("/")),
    "new namespace": attempt(lambda: call("unshare", 0x10000000)),
    "mount": attempt(lambda: call("mount", b"none", b"/tmp", b"tmpfs", 0, None)),
    "raise the limits": attempt(
        lambda: resource.setrlimit(resource.RLIMIT_NPROC, (100, 100))),
}
print(json.dumps({"report": [report.layers, report.missing], "results": results,
    "uid": os.getuid(), "capabilities": library.prctl(23, 0), "dumpable": library.prctl(3)}))
"""
LAYERS = [
    "limits",
    "namespaces",
    "unprivileged",
    "no_new_privileges",
    "landlock",
    "seccomp",
]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the layers need Linux")


def probe(tmp_path, program=sys.executable, code=ROOT, **options):
    target = tmp_path / "target"
    target.write_text("secret")
    target.chmod(0o666)
    tmp_path.chmod(0o777)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        done = subprocess.run(
            [program, "-c", PROBE, str(os.getpid()), str(port), str(target)],
            capture_output=True,
            cwd=code,
            env={"PYTHONDONTWRITEBYTECODE": "1"},
            timeout=30,
            check=False,
            **options,
        )
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def check(answer):
    in_force, missing = answer["report"]
    assert sorted(in_force | missing) == sorted(LAYERS)
    assert {name: result for name, result in answer["results"].items() if "done" in result} == {}
    assert answer["uid"] != 0
    assert answer["dumpable"] == 0


@pytest.mark.goal("G-48")
def test_shut_in_process_can_do_nothing_that_a_reader_need_not(tmp_path):
    answer = probe(tmp_path)

    check(answer)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["target"]
    assert (tmp_path / "target").read_text() == "secret"


@pytest.mark.goal("G-48")
def test_shut_in_process_that_was_not_root_can_do_nothing_either(tmp_path):
    program = "/usr/bin/python3"
    if os.geteuid() != 0 or not os.path.exists(program):
        pytest.skip("needs root and a Python that everybody may run")
    for folder in tmp_path.parents:
        if folder.stat().st_uid == os.getuid() and str(folder).startswith("/tmp/pytest"):
            folder.chmod(0o755)

    answer = probe(tmp_path, program, _code_in(tmp_path), user=65534, group=65534, extra_groups=[])

    check(answer)


def _code_in(folder):
    """Copy the sandbox where every account may read it; the checkout can lie in a closed folder."""
    package = Path(layers.__file__).parent
    for source in (package, package.parent, package.parent.parent):
        target = folder / "code" / source.relative_to(ROOT)
        target.mkdir(parents=True, exist_ok=True)
        for file in source.glob("*.py" if source == package else "__init__.py"):
            shutil.copyfile(file, target / file.name)
    return folder / "code"


def test_report_names_every_layer_that_could_not_be_put_on(monkeypatch):
    def refuse(*_arguments):
        raise OSError("not on this machine")

    for name in ("limit_resources", "leave_namespaces", "drop_privileges", "forbid_privileges"):
        monkeypatch.setattr(layers, name, refuse)
    monkeypatch.setattr(landlock, "restrict", refuse)
    monkeypatch.setattr(seccomp, "install", refuse)

    report = layers.shut_in(os.getppid())

    assert report.layers == {}
    assert report.missing == dict.fromkeys(LAYERS, "not on this machine")


def test_report_on_another_system_names_only_the_limits(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(layers, "limit_resources", lambda: "set")

    report = layers.shut_in(os.getppid())

    assert report.layers == {"limits": "set"}
    assert report.missing == {"linux": "the other layers need Linux, not darwin"}


def test_landlock_missing_from_the_kernel_is_an_error(monkeypatch):
    monkeypatch.setattr(landlock, "version", lambda: 0)

    with pytest.raises(OSError, match="the kernel has no Landlock"):
        landlock.restrict([])


def test_landlock_version_is_zero_where_the_call_fails(monkeypatch):
    monkeypatch.setattr(landlock, "_syscall", lambda *_: -1)

    assert landlock.version() == 0


@pytest.mark.parametrize(
    ("known", "files", "network", "scopes", "size"),
    [
        (1, 2**13 - 1, 0, 0, 8),
        (2, 2**14 - 1, 0, 0, 8),
        (3, 2**15 - 1, 0, 0, 8),
        (4, 2**15 - 1, 3, 0, 16),
        (5, 2**16 - 1, 3, 0, 16),
        (6, 2**16 - 1, 3, 3, 24),
        (9, 2**16 - 1, 3, 3, 24),
    ],
)
def test_landlock_asks_each_kernel_for_what_it_knows(
    monkeypatch, tmp_path, known, files, network, scopes, size
):
    asked = []

    def syscall(number, *arguments):
        if number == landlock.CREATE_RULESET:
            rights = arguments[0]._obj
            asked.append(
                (rights.handled_access_fs, rights.handled_access_net, rights.scoped, arguments[1])
            )
            return os.open(os.devnull, os.O_RDONLY)
        asked.append(number)
        return 0

    monkeypatch.setattr(landlock, "version", lambda: known)
    monkeypatch.setattr(landlock, "_syscall", syscall)

    assert landlock.restrict([str(tmp_path), str(tmp_path / "none")]) == known
    assert asked == [
        (files, network, scopes, size),
        landlock.ADD_RULE,
        landlock.RESTRICT_SELF,
    ]


def test_landlock_refused_by_the_kernel_is_an_error(monkeypatch):
    monkeypatch.setattr(landlock, "version", lambda: 7)
    monkeypatch.setattr(landlock, "_syscall", lambda *_: -1)
    monkeypatch.setattr(landlock.ctypes, "get_errno", lambda: 1)

    with pytest.raises(PermissionError):
        landlock.restrict([])


def test_process_whose_parent_went_ends_itself():
    orphan = (
        "import os; from records.documents.sandbox import layers; "
        "layers.forbid_privileges(os.getppid() + 100000); print('still here')"
    )

    done = subprocess.run(
        [sys.executable, "-c", orphan], capture_output=True, cwd=ROOT, check=True, timeout=20
    )

    assert done.stdout == b""


def test_process_ends_with_its_parent():
    inner = (
        "import os, time; from records.documents.sandbox import layers; "
        "layers.shut_in(os.getppid()); print(os.getpid(), flush=True); time.sleep(60)"
    )
    outer = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {inner!r}])"
    with subprocess.Popen(
        [sys.executable, "-c", outer], stdout=subprocess.PIPE, cwd=ROOT
    ) as parent:
        child = int(parent.stdout.readline())
        parent.send_signal(signal.SIGKILL)

    deadline = time.monotonic() + 5
    while os.path.exists(f"/proc/{child}") and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not os.path.exists(f"/proc/{child}")


def test_nobody_has_a_number_where_the_machine_has_no_such_name(monkeypatch):
    def unknown(name):
        raise KeyError(name)

    monkeypatch.setattr(layers.pwd, "getpwnam", unknown)

    assert layers._nobody() == layers.NOBODY


def test_memory_in_use_is_guessed_where_proc_is_missing(monkeypatch):
    assert 1024**2 < layers.memory_in_use() < layers.MOST_MEMORY

    def fail(*_arguments, **_options):
        raise OSError("no /proc")

    monkeypatch.setattr("builtins.open", fail)

    assert layers.memory_in_use() == layers.GIGABYTE // 2


def test_soft_limit_never_exceeds_the_hard_one(monkeypatch):
    done = []
    monkeypatch.setattr(layers.resource, "getrlimit", lambda limit: (50, 100))
    monkeypatch.setattr(layers.resource, "setrlimit", lambda limit, pair: done.append(pair))

    layers.limit_job(1000, 10.0)

    assert done[0] == (100, 100)
    assert done[1][1] == 100


def test_this_machine_is_one_that_the_filter_knows():
    assert platform.machine() in seccomp.ARCHITECTURES
