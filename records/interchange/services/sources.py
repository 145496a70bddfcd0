"""Files of a folder as an import takes them: found, put in order, read one by one."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from records.interchange import kinds
from records.interchange.enums import Reason
from records.interchange.services.orders import PartRejected

HEAD = 65536
TYPE = re.compile(rb'"resourceType"\s*:\s*"([A-Za-z]{1,64})"')
# What others refer to comes first, so that little has to wait for a second round.
DIRECTORY = ("Organization", "Location", "Practitioner", "PractitionerRole")
ORDER = (*DIRECTORY, "Patient", "Encounter")
BUNDLE_RANK = ORDER.index("Encounter")


@dataclass(frozen=True)
class SourceFile:
    """A file to import: what it is called, how its bytes are had, when it is its turn."""

    name: str
    load: Callable[[], bytes]
    rank: int = 0


def of_paths(paths: Iterable[str]) -> list[SourceFile]:
    """Return the files of some paths, each once, in the order in which they are best imported.

    Hidden files of a folder are left out; links are followed only where they were named.

    Raises:
        FileNotFoundError: a path leads to nothing that can be read as a file or folder.
    """
    found: dict[Path, SourceFile] = {}
    for text in paths:
        path = Path(text)
        if not (path.is_file() or path.is_dir()):
            raise FileNotFoundError(text)
        for file in walk(path) if path.is_dir() else [path]:
            name = str(file.relative_to(path)) if path.is_dir() else path.name
            found.setdefault(file.resolve(), source_file(file, name))
    return sorted(found.values(), key=lambda item: item.rank)


def walk(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.is_symlink():
            continue
        if path.is_dir():
            yield from walk(path)
        elif path.is_file():
            yield path


def source_file(path: Path, name: str) -> SourceFile:
    return SourceFile(name, lambda: load(path), rank_of(path))


def load(path: Path) -> bytes:
    """Return the bytes of a file.

    Raises:
        PartRejected: it is too large, or cannot be read.
    """
    try:
        if path.stat().st_size > kinds.LARGEST:
            error = kinds.too_large()
            raise PartRejected(error.message, error.reason)
        return path.read_bytes()
    except OSError as error:
        raise PartRejected("The file cannot be read.", Reason.UNREADABLE) from error


def rank_of(path: Path) -> int:
    """Return the turn of a file, by the type of its first resource (of a bundle's first entry)."""
    names = [name.decode("ascii") for name in TYPE.findall(head_of(path))[:2]]
    if names[:1] == ["Bundle"]:
        return ORDER.index(names[1]) if names[1:] and names[1] in DIRECTORY else BUNDLE_RANK
    return ORDER.index(names[0]) if names and names[0] in ORDER else len(ORDER)


def head_of(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            head = stream.read(HEAD)
        if head.startswith(kinds.GZIP):
            with gzip.open(path) as unpacked:
                return unpacked.read(HEAD)
    except (OSError, EOFError, zlib.error):
        return b""  # reading the whole will say what is wrong with it
    return head
