"""Keeps a copy of every seal in a file outside the database, which its owner cannot rewrite there.

One JSON line a seal, only ever appended, flushed to disk. Whoever deletes or replaces the newest
seals in the database stands against these lines; keep the file on another machine or on write-once
storage. A file that was set aside (after a restore from an older backup, say) stays evidence: a
new `ANCHOR_FILE` starts with all seals that the database then has.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from itertools import chain

from audit.rules.seals import SealValue, anchor_line
from audit.selectors.anchors import path


def append(seals: Iterable[SealValue]) -> None:
    """Write seals at the end of the file and flush file and folder to disk.

    Raises:
        OSError: the file cannot be written; the next run appends what is missing.
    """
    waiting = iter(seals)
    first = next(waiting, None)
    if first is None:
        return
    path().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path(), os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "ab") as anchor:
        anchor.write(_mend(descriptor))
        anchor.writelines(anchor_line(seal).encode() for seal in chain([first], waiting))
        anchor.flush()
        os.fsync(descriptor)
    folder = os.open(path().parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _mend(descriptor: int) -> bytes:
    """Return the line end that a torn last line still needs."""
    size = os.fstat(descriptor).st_size
    return b"\n" if size and os.pread(descriptor, 1, size - 1) != b"\n" else b""
