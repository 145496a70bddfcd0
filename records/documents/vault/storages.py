"""The vault's folder on a local disk: a file is there whole, on the disk itself, or not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.core.files import File
from django.core.files.storage import FileSystemStorage

INCOMING = ".incoming"


@dataclass(frozen=True, slots=True)
class StoredObject:
    """One file of the store: its name, its encrypted size and when it was written."""

    name: str
    size: int
    modified_at: datetime


class LocalVault(FileSystemStorage):
    """A folder written by: temporary file, flush to disk, rename, flush the folder.

    A name may be written again: a page image drawn twice at the same time is the same image.
    """

    def __init__(self, location: str | os.PathLike[str] | None = None) -> None:
        super().__init__(
            location=location,
            base_url=None,
            file_permissions_mode=0o600,
            directory_permissions_mode=0o700,
            allow_overwrite=True,
        )

    def _save(self, name: str, content: File) -> str:
        final = Path(self.path(name))
        incoming = Path(self.path(INCOMING))
        make_folder(incoming)
        temporary = incoming / secrets.token_hex(16)
        try:
            write_through(temporary, content)
            make_folder(final.parent)
            temporary.rename(final)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        flush_folder(final.parent)
        return name

    def walk(self, folder: str = "") -> Iterator[StoredObject]:
        """Yield every file below `folder`, also what interrupted writes left behind.

        Raises:
            OSError: the disk cannot be read.
        """
        top = Path(self.path(folder)) if folder else Path(self.location)
        for path, folders, names in os.walk(top, onerror=_complain):
            folders.sort()
            for name in sorted(names):
                file = Path(path, name)
                try:
                    known = file.stat()
                except FileNotFoundError:
                    continue  # renamed or deleted since the folder was listed
                modified_at = datetime.fromtimestamp(known.st_mtime, UTC)
                relative = file.relative_to(self.location).as_posix()
                yield StoredObject(relative, known.st_size, modified_at)

    def delete(self, name: str) -> None:
        """Delete a file, and flush the folder that held it; one that is not there is no error.

        Raises:
            OSError: the disk refuses.
        """
        super().delete(name)
        folder = Path(self.path(name)).parent
        if folder.is_dir():
            flush_folder(folder)

    def delete_folder(self, folder: str) -> int:
        """Delete everything below `folder` and itself, and return how many files there were.

        Raises:
            OSError: the disk refuses.
        """
        names = [item.name for item in self.walk(folder)]
        for name in names:
            self.delete(name)
        super().delete(folder)
        return len(names)


def _complain(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise error


def write_through(path: Path, content: File) -> None:
    """Write a new file and flush it to disk.

    An error of the flush is final: the kernel may have dropped what it could not write.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        for chunk in content.chunks():
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())


def make_folder(folder: Path) -> None:
    """Make the folder and its parents, each flushed into the one above."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    flush_folder(folder.parent)


def flush_folder(folder: Path) -> None:
    """Flush a folder's entries to disk, so that a rename outlives a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
