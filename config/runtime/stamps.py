"""Has this already been done? Notes on what a step was last done for."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path


def of_files(paths: Iterable[Path]) -> str:
    """Return a short hash of the names, sizes and times of files."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        facts = path.stat()
        digest.update(os.fsencode(f"{path}\0{facts.st_size}\0{facts.st_mtime_ns}\0"))
    return digest.hexdigest()


def is_done(note: Path, stamp: str) -> bool:
    """Tell whether the step of `note` was last done for `stamp`."""
    return note.is_file() and note.read_text(encoding="utf-8") == stamp


def set_done(note: Path, stamp: str) -> None:
    """Note that the step was done for `stamp`."""
    note.write_text(stamp, encoding="utf-8")
