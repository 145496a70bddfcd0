import hashlib
import io

import pytest
from hypothesis import given, strategies
from hypothesis import settings as effort

from records.documents.errors import VaultDamaged
from records.documents.vault import keys, streams

SEGMENT = streams.CHUNK
KEY = keys.new_document_key()


def sealed_bytes(content, associated=b"ad", key=KEY):
    with streams.seal(key, content, associated).file as file:
        return file.read()


def plain(stored, associated=b"ad", key=KEY):
    return b"".join(streams.unseal(key, io.BytesIO(stored), associated))


@pytest.mark.parametrize("size", [0, 1, 100, SEGMENT - 100, SEGMENT, SEGMENT + 1, 3 * SEGMENT + 7])
def test_sealed_bytes_unsealed_are_unchanged_and_measured(size):
    content = bytes(range(256)) * (size // 256 + 1)
    content = content[:size]

    sealed = streams.seal(KEY, content, b"ad")

    with sealed.file as file:
        assert (sealed.size, sealed.sha256) == (size, hashlib.sha256(content).hexdigest())
        assert b"".join(streams.unseal(KEY, file, b"ad")) == content


@pytest.mark.parametrize(
    "content", [b"one two", io.BytesIO(b"one two"), iter([b"one", b" ", b"", b"two"])]
)
def test_seal_takes_bytes_files_and_chunks(content):
    assert plain(sealed_bytes(content)) == b"one two"


def test_sealed_bytes_hold_no_plain_ones():
    assert b"MARKER" not in sealed_bytes(b"MARKER" * 1000)


def test_same_bytes_sealed_twice_look_different():
    assert sealed_bytes(b"same") != sealed_bytes(b"same")


@pytest.mark.goal("G-53")
def test_any_flipped_byte_is_detected():
    stored = sealed_bytes(b"0123456789" * 20)

    for at in range(len(stored)):
        for flip in (0x01, 0x10, 0x80, 0xFF):
            changed = bytes([*stored[:at], stored[at] ^ flip, *stored[at + 1 :]])
            with pytest.raises(VaultDamaged):
                plain(changed)


@pytest.mark.goal("G-53")
@effort(deadline=None, max_examples=200)
@given(data=strategies.data())
def test_any_change_in_a_file_of_several_segments_is_detected(data):
    stored = bytearray(LARGE)
    at = data.draw(strategies.integers(0, len(stored) - 1))
    stored[at] ^= data.draw(strategies.integers(1, 255))

    with pytest.raises(VaultDamaged):
        plain(bytes(stored))


LARGE = sealed_bytes(b"x" * (2 * SEGMENT + 1000))


@pytest.mark.goal("G-53")
@pytest.mark.parametrize(
    "cut",
    [0, 1, 39, 40, 41, 1000, SEGMENT - 1, SEGMENT, SEGMENT + 1, 2 * SEGMENT, len(LARGE) - 1],
)
def test_cut_anywhere_also_between_segments_is_detected(cut):
    with pytest.raises(VaultDamaged):
        plain(LARGE[:cut])


@pytest.mark.parametrize("extra", [b"\x00", b"x" * 100, LARGE])
def test_bytes_added_behind_are_detected(extra):
    with pytest.raises(VaultDamaged):
        plain(LARGE + extra)


@pytest.mark.goal("G-53")
def test_swapped_segments_are_detected():
    first, second, rest = LARGE[:SEGMENT], LARGE[SEGMENT : 2 * SEGMENT], LARGE[2 * SEGMENT :]

    with pytest.raises(VaultDamaged):
        plain(second + first + rest)


@pytest.mark.goal("G-53")
def test_bytes_under_another_key_or_place_are_detected():
    stored = sealed_bytes(b"one")

    with pytest.raises(VaultDamaged):
        plain(stored, associated=b"other")
    with pytest.raises(VaultDamaged):
        plain(stored, key=keys.new_document_key())


def test_source_that_fails_midway_leaves_its_error_and_no_open_file():
    def failing():
        yield b"one"
        raise OSError("scanner gone")

    with pytest.raises(OSError, match="scanner gone"):
        streams.seal(KEY, failing(), b"ad")


def test_measure_counts_and_hashes_all_chunks():
    expected = streams.Measured(6, hashlib.sha256(b"onetwo").hexdigest())

    assert streams.measure(iter([b"one", b"two"])) == expected
