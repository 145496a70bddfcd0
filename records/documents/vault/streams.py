"""Encrypting and decrypting streams of bytes, a megabyte at a time."""

from __future__ import annotations

import hashlib
import io
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO, BinaryIO

import tink
from tink import streaming_aead

from records.documents.faults import VaultDamaged

CHUNK = 1024 * 1024
# Encrypted bytes beyond this wait on disk, not in memory, on their way to the store.
IN_MEMORY = 32 * CHUNK

Content = bytes | BinaryIO | Iterable[bytes]


class Sealed:
    """Encrypted bytes on their way to the store, and what the plain ones measured."""

    def __init__(self) -> None:
        self.file: IO[bytes] = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  its reader closes it
        self.size = 0
        self.sha256 = ""


@dataclass(frozen=True, slots=True)
class Measured:
    """Size and SHA-256 of plain bytes."""

    size: int
    sha256: str


class _StaysOpen(io.RawIOBase):
    """Passes writes on and is not closed with the encrypting stream around it."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__()
        self._file = file

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        return self._file.write(data)


def seal(key: tink.KeysetHandle, content: Content, associated: bytes) -> Sealed:
    """Encrypt `content` into a temporary file of encrypted bytes, measuring the plain ones."""
    sealed, digest = Sealed(), hashlib.sha256()
    primitive = key.primitive(streaming_aead.StreamingAead)
    try:
        with primitive.new_encrypting_stream(_StaysOpen(sealed.file), associated) as stream:
            for chunk in chunks_of(content):
                digest.update(chunk)
                sealed.size += len(chunk)
                stream.write(chunk)
    except BaseException:
        sealed.file.close()
        raise
    sealed.sha256 = digest.hexdigest()
    sealed.file.seek(0)
    return sealed


def unseal(key: tink.KeysetHandle, file: BinaryIO, associated: bytes) -> Iterator[bytes]:
    """Yield the plain bytes, chunk by chunk, each verified before it is yielded.

    A cut at the end is noticed only there: who must not act on a part reads to the end first.

    Raises:
        VaultDamaged: a byte is not what was written, or the bytes belong elsewhere.
    """
    primitive = key.primitive(streaming_aead.StreamingAead)
    try:
        with primitive.new_decrypting_stream(file, associated) as stream:
            while chunk := stream.read(CHUNK):
                yield chunk
    except tink.TinkError as error:
        raise VaultDamaged from error


def measure(chunks: Iterable[bytes]) -> Measured:
    """Return size and SHA-256 of all the chunks."""
    digest, size = hashlib.sha256(), 0
    for chunk in chunks:
        digest.update(chunk)
        size += len(chunk)
    return Measured(size, digest.hexdigest())


def chunks_of(content: Content) -> Iterator[bytes]:
    """Yield bytes, a file or chunks as chunks."""
    if isinstance(content, bytes):
        view = memoryview(content)
        for start in range(0, len(content), CHUNK):
            yield bytes(view[start : start + CHUNK])
    elif hasattr(content, "read"):
        while chunk := content.read(CHUNK):
            yield chunk
    else:
        yield from content
