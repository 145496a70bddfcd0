"""Landlock: the kernel refuses every path that was not named, every TCP port and foreign signals.

Called by number because the C library has no names for these calls; they are the same on every
architecture. Older kernels know fewer rights: each is asked for from the version that has it.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterable

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
VERSION_FLAG = 1
RULE_PATH_BENEATH = 1
READ_FILE, READ_DIR = 1 << 2, 1 << 3
# How many file rights, network rights and scopes each version of Landlock knows.
FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16, 6: 16}
NETWORK_FROM, NETWORK_RIGHTS = 4, 0b11
SCOPED_FROM, SCOPES = 6, 0b11


class _Ruleset(ctypes.Structure):
    _fields_ = (
        ("handled_access_fs", ctypes.c_uint64),
        ("handled_access_net", ctypes.c_uint64),
        ("scoped", ctypes.c_uint64),
    )


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed_access", ctypes.c_uint64), ("parent_fd", ctypes.c_int32))


def version() -> int:
    """Return the kernel's Landlock version, 0 where it has none."""
    return max(0, _syscall(CREATE_RULESET, None, 0, VERSION_FLAG))


def restrict(readable: Iterable[str]) -> int:
    """Allow this process to read below the `readable` folders and nothing else.

    Returns the version in force. `no_new_privs` must be set before.

    Raises:
        OSError: the kernel has no Landlock, or it is switched off.
    """
    known = version()
    if known == 0:
        raise OSError("the kernel has no Landlock")
    rights = _Ruleset(
        handled_access_fs=(1 << FILE_RIGHTS.get(known, FILE_RIGHTS[6])) - 1,
        handled_access_net=NETWORK_RIGHTS if known >= NETWORK_FROM else 0,
        scoped=SCOPES if known >= SCOPED_FROM else 0,
    )
    size = 24 if known >= SCOPED_FROM else 16 if known >= NETWORK_FROM else 8
    ruleset = _checked(_syscall(CREATE_RULESET, ctypes.byref(rights), size, 0))
    try:
        for path in readable:
            _allow(ruleset, path)
        _checked(_syscall(RESTRICT_SELF, ruleset, 0))
    finally:
        os.close(ruleset)
    return known


def _allow(ruleset: int, path: str) -> None:
    try:
        folder = os.open(path, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        return  # a machine without this folder of fonts has nothing to allow
    try:
        rule = _PathBeneath(allowed_access=READ_FILE | READ_DIR, parent_fd=folder)
        _checked(_syscall(ADD_RULE, ruleset, RULE_PATH_BENEATH, ctypes.byref(rule), 0))
    finally:
        os.close(folder)


def _syscall(number: int, *arguments: object) -> int:
    library = ctypes.CDLL(None, use_errno=True)
    library.syscall.restype = ctypes.c_long
    values = [ctypes.c_long(item) if isinstance(item, int) else item for item in arguments]
    return int(library.syscall(ctypes.c_long(number), *values))


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
