"""What the address answers while everything behind it is being started."""

from __future__ import annotations

import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

# One request is read no further than its headers, and not waited for longer than this.
READ_SECONDS = 1.0
LARGEST_REQUEST = 65536
TURN_SECONDS = 0.2
PAGE = b"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="3">
<title>Chartroom is starting</title></head>
<body><h1>Chartroom is starting</h1>
<p>The database is being prepared. On a first start the demo data are loaded as well,
which takes a minute or two. This page asks again by itself.</p></body></html>
"""
ANSWER = (
    b"HTTP/1.1 503 Service Unavailable\r\n"
    b"Content-Type: text/html; charset=utf-8\r\n"
    b"Content-Length: %d\r\n"
    b"Content-Security-Policy: default-src 'none'\r\n"
    b"Cache-Control: no-store\r\n"
    b"Retry-After: 3\r\n"
    b"Connection: close\r\n\r\n" % len(PAGE)
)


@contextmanager
def room(listener: socket.socket) -> Iterator[None]:
    """Answer every request on `listener` with the page that says so, until the block ends."""
    is_over = threading.Event()
    listener.setblocking(False)
    porter = threading.Thread(target=_serve, args=(listener, is_over), daemon=True)
    porter.start()
    try:
        yield
    finally:
        is_over.set()
        porter.join(READ_SECONDS)
        listener.setblocking(True)


def _serve(listener: socket.socket, is_over: threading.Event) -> None:
    while not is_over.is_set():
        ready, _, _ = select.select([listener], [], [], TURN_SECONDS)
        if not ready:
            continue
        try:
            visitor, _ = listener.accept()
        except OSError:
            continue
        with visitor:
            _answer(visitor)


def _answer(visitor: socket.socket) -> None:
    """Read the request, so that closing does not cut the answer off, and say to come back."""
    visitor.settimeout(READ_SECONDS)
    try:
        asked = b""
        while b"\r\n\r\n" not in asked and len(asked) < LARGEST_REQUEST:
            more = visitor.recv(4096)
            if not more:
                return
            asked += more
        body = b"" if asked.startswith(b"HEAD ") else PAGE
        visitor.sendall(ANSWER + body)
    except OSError:
        return
