"""Every hostile file is refused or made safe, in time, within the memory, and the pool lives."""

import io
import re
import time
from pathlib import Path

import pikepdf
import pytest

from records.documents.errors import DocumentError, FileRefused, SandboxUnavailable
from records.documents.pdf.pieces import Piece
from records.documents.sandbox import operations, pool
from tests.records.documents import hostile, samples

CORPUS = hostile.corpus()
SECONDS = 20
MEGABYTES = 512
ACTIVE = (
    b"/JavaScript",
    b"/JS",
    b"/Launch",
    b"/EmbeddedFile",
    b"/OpenAction",
    b"/AA",
    b"/XFA",
    b"/RichMedia",
)
PEAK = re.compile(rb"VmHWM:\s+(\d+) kB")


def peak_megabytes():
    """Return the most memory that any child of the pool has used, where that can be read."""
    found = [0]
    for child in pool.current(2).children:
        status = Path(f"/proc/{child.process.pid}/status")
        if status.exists():
            found += [int(number) // 1024 for number in PEAK.findall(status.read_bytes())]
    return max(found)


@pytest.mark.goal("G-47")
def test_corpus_is_large_and_its_names_differ():
    assert len(CORPUS) >= 300
    assert len({name for name, *_ in CORPUS}) == len(CORPUS)


@pytest.mark.goal("G-47")
@pytest.mark.parametrize(
    ("content", "file_name", "expected"),
    [entry[1:] for entry in CORPUS],
    ids=[entry[0] for entry in CORPUS],
)
def test_hostile_file_is_refused_or_made_safe(content, file_name, expected):
    started = time.monotonic()

    try:
        seen = operations.inspect(content, file_name=file_name)
    except DocumentError as error:
        outcome = type(error)
    else:
        outcome = None
        make_use_of(content, seen)

    assert time.monotonic() - started < SECONDS
    assert outcome is not SandboxUnavailable
    assert expected in (None, outcome)
    assert peak_megabytes() < MEGABYTES
    good = samples.written_pdf("Still working")
    assert operations.texts(operations.source(good), [1]) == ["Still working"]


def make_use_of(content, seen):
    """Draw and release what was let in: nothing but a refusal may come of it, and nothing runs."""
    file = operations.source(content)
    try:
        operations.render(file, 1, dpi=50)
        released, _ = operations.assemble(
            [file], [Piece(0, page + 1) for page in range(min(seen.page_count, 3))]
        )
    except FileRefused:
        return
    with pikepdf.open(io.BytesIO(released)) as pdf:
        whole = io.BytesIO()
        pdf.save(whole, compress_streams=False, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    assert [word for word in ACTIVE if re.search(re.escape(word) + rb"\b", whole.getvalue())] == []
