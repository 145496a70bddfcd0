"""How a child shuts itself in, with what the machine has, before it sees a first byte of a file.

In this order, each by itself, so that one that is missing takes no other away:

1. limits: no file written, no process started, few descriptors, no core dump;
2. namespaces: no network and no shared memory with others (own user namespace where not root);
3. unprivileged: root becomes nobody, and no capability is left;
4. no_new_privileges, not traceable, killed with the parent;
5. landlock: readable are the fonts and Python's own folders, nothing else; no TCP, no signals out;
6. seccomp: no sockets, no processes, no tracing.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import resource
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, field

from records.documents.sandbox import landlock, seccomp

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS = 1, 4, 38
NEW_USER, NEW_IPC, NEW_NETWORK = 0x10000000, 0x08000000, 0x40000000
CAPABILITY_VERSION = 0x20080522
NOBODY = 65534
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts")
OPEN_FILES = 32
GIGABYTE = 1024**3
MOST_MEMORY = 16 * GIGABYTE


@dataclass
class Report:
    """Which layers are in force, with what, and why the others are not."""

    layers: dict[str, str] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)

    def attempt(self, name: str, layer: Callable[[], str]) -> None:
        """Put on one layer and note how it went; a missing one is reported, never fatal."""
        try:
            self.layers[name] = layer()
        except (OSError, AttributeError, ValueError) as error:
            self.missing[name] = str(error)


def shut_in(parent: int) -> Report:
    """Put on every layer that the machine has and report which those are.

    `parent` is the process that started this one; if it is already gone, this one ends.
    """
    report = Report()
    report.attempt("limits", limit_resources)
    if sys.platform != "linux":
        report.missing["linux"] = f"the other layers need Linux, not {sys.platform}"
        return report
    report.attempt("namespaces", leave_namespaces)
    report.attempt("unprivileged", drop_privileges)
    report.attempt("no_new_privileges", lambda: forbid_privileges(parent))
    report.attempt("landlock", lambda: f"version {landlock.restrict(readable_folders())}")
    report.attempt("seccomp", lambda: f"{seccomp.install()} calls refused")
    return report


def limit_resources() -> str:
    """Set the limits that hold for the process's whole life."""
    for limit, value in (
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_MEMLOCK, 0),
    ):
        resource.setrlimit(limit, (value, value))
    _set_soft(resource.RLIMIT_AS, MOST_MEMORY)
    return "files, processes, descriptors, memory, time"


def limit_job(memory: int, seconds: float) -> None:
    """Set how much more memory and processor time the next job may take."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _set_soft(resource.RLIMIT_AS, memory)
    _set_soft(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime + seconds) + 2)


def _set_soft(limit: int, value: int) -> None:
    hard = resource.getrlimit(limit)[1]
    soft = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(limit, (soft, hard))


def memory_in_use() -> int:
    """Return the address space taken so far, in bytes; read before Landlock hides `/proc`."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[0]) * resource.getpagesize()
    except OSError:
        return GIGABYTE // 2


def leave_namespaces() -> str:
    """Leave the machine's network and shared memory for empty ones of this process alone."""
    library = ctypes.CDLL(None, use_errno=True)
    kinds = NEW_NETWORK | NEW_IPC | (0 if os.geteuid() == 0 else NEW_USER)
    _check(library.unshare(kinds))
    return "network, ipc" + (", user" if kinds & NEW_USER else "")


def drop_privileges() -> str:
    """Become nobody if root, and give every capability away."""
    if os.geteuid() == 0:
        user = _nobody()
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    library = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0)
    _check(library.capset(ctypes.byref(header), ctypes.byref((ctypes.c_uint32 * 6)())))
    return f"uid {os.getuid()}"


def _nobody() -> int:
    try:
        return pwd.getpwnam("nobody").pw_uid
    except KeyError:
        return NOBODY


def forbid_privileges(parent: int) -> str:
    """Allow no new privileges, no tracing from outside, and no life after the parent's.

    The kernel forgets the wish to die with the parent when the user id changes, so this comes
    after that; a parent that died in between is noticed here.
    """
    library = ctypes.CDLL(None, use_errno=True)
    _check(library.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    _check(library.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0))
    _check(library.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0))
    if os.getppid() != parent:
        os._exit(0)
    return "on, ends with its parent"


def readable_folders() -> list[str]:
    """Return the folders that hold fonts and Python's own code, which no secret is kept in."""
    code = [f"{prefix}/lib" for prefix in dict.fromkeys((sys.prefix, sys.base_prefix))]
    return [*FONT_FOLDERS, *code]


def _check(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
