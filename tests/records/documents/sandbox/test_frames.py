import os
import socket
import struct
import threading
import time

import pytest

from records.documents.sandbox import frames
from records.documents.sandbox.frames import Channel, Closed, FrameError, TimedOut

LIMIT = 10 * 1024 * 1024


@pytest.fixture
def ends():
    here, there = socket.socketpair()
    yield Channel(here.fileno()), Channel(there.fileno()), here, there
    here.close()
    there.close()


def soon(seconds=5.0):
    return time.monotonic() + seconds


@pytest.mark.parametrize("parts", [[], [b""], [b"one", b"", b"two"], [os.urandom(3_000_000)]])
def test_frame_sent_is_received(ends, parts):
    here, there, *_ = ends
    sender = threading.Thread(target=here.send, args=({"a": [1, "ü"]}, parts, soon()))
    sender.start()

    header, received = there.receive(LIMIT, soon())
    sender.join()

    assert (header, received) == ({"a": [1, "ü"]}, parts)


def test_frames_follow_each_other(ends):
    here, there, *_ = ends
    for number in range(3):
        here.send({"n": number}, [str(number).encode()])

    assert [there.receive(LIMIT) for _ in range(3)] == [
        ({"n": number}, [str(number).encode()]) for number in range(3)
    ]


@pytest.mark.parametrize("sent", [b"", b"\x00\x00", struct.pack(">I", 100) + b"{"])
def test_other_side_gone_is_closed(ends, sent):
    here, _, _, there = ends
    there.sendall(sent)
    there.close()

    with pytest.raises(Closed):
        here.receive(LIMIT, soon())


def test_sending_to_nobody_is_closed(ends):
    here, _, _, there = ends
    there.close()

    with pytest.raises(Closed):
        here.send({}, [b"x" * 1_000_000], soon())


def test_connection_reset_while_reading_is_closed(ends, monkeypatch):
    here, _, _, there = ends
    there.sendall(b"1234")

    def fail(descriptor, buffers):
        raise ConnectionResetError

    monkeypatch.setattr(os, "readv", fail)

    with pytest.raises(Closed):
        here.receive(LIMIT, soon())


@pytest.mark.parametrize(
    "header",
    [
        b"not json",
        b"[]",
        b"{}",
        b'{"sizes": 3}',
        b'{"sizes": [-1]}',
        b'{"sizes": ["3"]}',
        b'{"sizes": [true]}',
        b'{"sizes": [1e3]}',
        b"\xff\xfe",
    ],
)
def test_what_is_no_frame_is_refused(ends, header):
    here, _, _, there = ends
    there.sendall(struct.pack(">I", len(header)) + header)

    with pytest.raises(FrameError):
        here.receive(LIMIT, soon())


def test_header_beyond_its_limit_is_refused_before_memory_is_taken(ends):
    here, _, _, there = ends
    there.sendall(struct.pack(">I", frames.MAX_HEADER + 1))

    with pytest.raises(FrameError, match="header too long"):
        here.receive(LIMIT, soon())


def test_parts_beyond_the_limit_are_refused_before_memory_is_taken(ends):
    here, _, _, there = ends
    header = b'{"sizes": [5, 6]}'
    there.sendall(struct.pack(">I", len(header)) + header)

    with pytest.raises(FrameError, match="parts too long"):
        here.receive(10, soon())


def test_silence_ends_at_the_deadline(ends):
    here, *_ = ends
    started = time.monotonic()

    with pytest.raises(TimedOut):
        here.receive(LIMIT, soon(0.1))

    assert 0.1 <= time.monotonic() - started < 2


def test_a_byte_now_and_then_does_not_move_the_deadline(ends):
    here, _, _, there = ends
    there.sendall(struct.pack(">I", 1000))
    stop = threading.Event()

    def drip():
        while not stop.wait(0.02):
            there.send(b" ")

    dripper = threading.Thread(target=drip)
    dripper.start()
    with pytest.raises(TimedOut):
        here.receive(LIMIT, soon(0.2))
    stop.set()
    dripper.join()


def test_sending_to_one_who_does_not_read_ends_at_the_deadline(ends):
    here, *_ = ends

    with pytest.raises(TimedOut):
        here.send({}, [b"x" * 10_000_000], soon(0.1))


def test_deadline_passed_already_is_timed_out(ends):
    here, *_ = ends

    with pytest.raises(TimedOut):
        here.send({}, [], soon(-1))


def test_has_input_tells_of_bytes_and_of_the_end(ends):
    here, _, _, there = ends

    before = here.has_input(0.01)
    there.sendall(b"x")
    with_bytes = here.has_input(0.01)
    there.close()

    assert (before, with_bytes, here.has_input(0.01)) == (False, True, True)
