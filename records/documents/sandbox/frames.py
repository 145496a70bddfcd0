"""The messages between a process and its sandboxed child: a JSON header and byte parts.

Length (4 bytes), header, then the parts whose sizes the header lists. Nothing is ever unpickled,
and every length is checked before memory is taken for it, because the child may have been
taken over by the file it reads.
"""

from __future__ import annotations

import json
import os
import select
import struct
import time
from collections.abc import Sequence
from typing import Any

MAX_HEADER = 16 * 1024 * 1024
CHUNK = 1024 * 1024
_LENGTH = struct.Struct(">I")


class FrameError(Exception):
    """The other side sent something that is not a frame, or more than allowed."""


class Closed(Exception):
    """The other side is gone."""


class TimedOut(Exception):
    """The deadline passed before the frame was through."""


class Channel:
    """One end of a connected pair of sockets, used by `read` and `write` alone.

    The child's filter forbids the socket calls themselves. Every wait has a deadline on the
    monotonic clock, `None` for the child, which waits for work as long as its parent lives.
    """

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        os.set_blocking(descriptor, False)
        self._readable, self._writable = select.poll(), select.poll()
        self._readable.register(descriptor, select.POLLIN)
        self._writable.register(descriptor, select.POLLOUT)

    def send(
        self, header: dict[str, Any], parts: Sequence[bytes] = (), deadline: float | None = None
    ) -> None:
        """Send one frame.

        Raises:
            Closed: the other side is gone.
            TimedOut: the deadline passed.
        """
        text = json.dumps(header | {"sizes": [len(part) for part in parts]}).encode()
        self._write(_LENGTH.pack(len(text)) + text, deadline)
        for part in parts:
            self._write(part, deadline)

    def receive(
        self, max_bytes: int, deadline: float | None = None
    ) -> tuple[dict[str, Any], list[bytes]]:
        """Return the next frame's header and parts.

        Raises:
            Closed: the other side is gone.
            FrameError: not a frame, or its parts exceed `max_bytes`.
            TimedOut: the deadline passed.
        """
        (length,) = _LENGTH.unpack(self._read(_LENGTH.size, deadline))
        if length > MAX_HEADER:
            raise FrameError("header too long")
        header = _parsed(bytes(self._read(length, deadline)))
        sizes = header.pop("sizes")
        if sum(sizes) > max_bytes:
            raise FrameError("parts too long")
        return header, [bytes(self._read(size, deadline)) for size in sizes]

    def has_input(self, seconds: float) -> bool:
        """Tell whether something arrives, or the other side goes, within `seconds`."""
        return bool(self._readable.poll(seconds * 1000))

    def _read(self, size: int, deadline: float | None) -> bytearray:
        buffer = bytearray(size)
        view, done = memoryview(buffer), 0
        while done < size:
            _wait(self._readable, deadline)
            try:
                count = os.readv(self.descriptor, [view[done : done + CHUNK]])
            except BlockingIOError:
                continue
            except OSError as error:
                raise Closed from error
            if count == 0:
                raise Closed
            done += count
        return buffer

    def _write(self, data: bytes, deadline: float | None) -> None:
        view = memoryview(data)
        while view:
            _wait(self._writable, deadline)
            try:
                view = view[os.write(self.descriptor, view[:CHUNK]) :]
            except BlockingIOError:
                continue
            except OSError as error:
                raise Closed from error


def _wait(poll: select.poll, deadline: float | None) -> None:
    if deadline is None:
        poll.poll()
        return
    left = deadline - time.monotonic()
    if left <= 0 or not poll.poll(left * 1000):
        raise TimedOut


def _parsed(text: bytes) -> dict[str, Any]:
    try:
        header = json.loads(text)
    except ValueError as error:
        raise FrameError("header is not JSON") from error
    sizes = header.get("sizes") if isinstance(header, dict) else None
    if not isinstance(sizes, list) or not all(type(size) is int and size >= 0 for size in sizes):
        raise FrameError("header has no sizes")
    return dict(header)
