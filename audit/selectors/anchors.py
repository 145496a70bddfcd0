"""Reads the copy of every seal that is kept in a file outside the database."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings


@dataclass(frozen=True, slots=True)
class AnchorEntry:
    """What an anchor line says of a seal."""

    stream: str
    number: int
    hash: bytes


@dataclass(slots=True)
class _Known:
    """What this process has read of the file so far; the file only grows."""

    inode: int = -1
    offset: int = 0
    heads: dict[str, AnchorEntry] = field(default_factory=dict)


_known: dict[Path, _Known] = {}


def path() -> Path:
    """Return where the anchor file is."""
    return Path(settings.ANCHOR_FILE)


def read() -> Iterator[AnchorEntry | None]:
    """Stream the anchor's entries; None stands for a line that cannot be read.

    A torn line (the machine died while it was written) is passed over when the line after it
    starts with the same text: the next run has written that seal again.
    """
    try:
        with path().open("rb") as lines:
            yield from _entries(lines)
    except FileNotFoundError:
        return


def read_heads() -> dict[str, AnchorEntry]:
    """Return the newest anchored seal of each chain, reading only what is new since last time."""
    known = _known.setdefault(path(), _Known())
    try:
        with path().open("rb") as lines:
            stat = os.fstat(lines.fileno())
            if stat.st_ino != known.inode or stat.st_size < known.offset:
                known.inode, known.offset, known.heads = stat.st_ino, 0, {}
            lines.seek(known.offset)
            for entry in _entries(_whole(lines, known)):
                if entry:
                    known.heads[entry.stream] = entry
    except FileNotFoundError:
        _known.pop(path())
        return {}
    return dict(known.heads)


def _whole(lines: Iterable[bytes], known: _Known) -> Iterator[bytes]:
    """Stream the lines that are complete, and remember how far that was."""
    for line in lines:
        if line.endswith(b"\n"):
            known.offset += len(line)
            yield line


def _entries(lines: Iterable[bytes]) -> Iterator[AnchorEntry | None]:
    torn = b""
    for line in lines:
        if torn and not line.startswith(torn.rstrip(b"\n")):
            yield None
        entry = _entry(line)
        torn = b"" if entry else line
        if entry:
            yield entry
    if torn.endswith(b"\n"):  # without its end a last line is being written, or was torn just now
        yield None


def _entry(line: bytes) -> AnchorEntry | None:
    try:
        values = json.loads(line)
        return AnchorEntry(values["stream"], int(values["number"]), bytes.fromhex(values["hash"]))
    except (ValueError, KeyError, TypeError):
        return None
