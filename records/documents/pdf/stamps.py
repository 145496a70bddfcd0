"""Writes the margin lines of assembled pages; runs in the sandboxed child."""

from __future__ import annotations

import functools
import io
import unicodedata
from collections.abc import Iterator, Sequence

import pikepdf
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from records.documents.pdf.pieces import Stamp

FONT = "Vera"
TOP_SIZE, TOP_LINE, FOOT_SIZE, LINE = 8.0, 9.5, 6.5, 8.0
EDGE, GAP, SIDE = 7.0, 4.0, 24.0
MOST_NOTICE_LINES = 4
# A page below this is laid on a sheet of this size: on it, every line can still be read.
SMALLEST_SHEET = 360.0
LONGEST_NUMBER = "Page 99999 of 99999"


def sheet(stamp: Stamp | None, size: tuple[float, float]) -> tuple[float, float]:
    """Return the size of the sheet that a page of `size` is laid on to be stamped."""
    if stamp is None:
        return size
    return max(size[0], SMALLEST_SHEET), max(size[1], SMALLEST_SHEET)


def bands(stamp: Stamp | None, width: float) -> tuple[float, float]:
    """Return the heights of the top and the bottom margin that the stamp needs on a sheet."""
    if stamp is None:
        return 0.0, 0.0
    top, foot = _top_height(stamp, width), len(foot_lines(stamp, width))
    return (EDGE + top + GAP if top else 0.0), (EDGE + LINE * foot + GAP if foot else 0.0)


def overlay(stamp: Stamp, sizes: Sequence[tuple[float, float]]) -> pikepdf.Pdf:
    """Return a PDF with one transparent page of margin lines for each size of a sheet."""
    _font()
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pageCompression=0, invariant=1)
    count = stamp.page_count or stamp.first_number - 1 + len(sizes)
    for number, (width, height) in enumerate(sizes, start=stamp.first_number):
        canvas.setPageSize((width, height))
        _draw_top(canvas, stamp, f"Page {number} of {count}", width, height)
        _draw_foot(canvas, stamp, width)
        canvas.showPage()
    canvas.save()
    return pikepdf.open(io.BytesIO(buffer.getvalue()))


def _top_height(stamp: Stamp, width: float) -> float:
    lines = max(len(top_lines(stamp, width)), int(stamp.is_numbered))
    return TOP_SIZE + TOP_LINE * (lines - 1) if lines else 0.0


def _draw_top(canvas: Canvas, stamp: Stamp, number: str, width: float, height: float) -> None:
    canvas.setFont(FONT, TOP_SIZE)
    baseline = height - EDGE - TOP_SIZE * 0.75
    for place, line in enumerate(top_lines(stamp, width)):
        canvas.drawString(SIDE, baseline - place * TOP_LINE, line)
    if stamp.is_numbered:
        canvas.drawRightString(width - SIDE, baseline, number)


def _draw_foot(canvas: Canvas, stamp: Stamp, width: float) -> None:
    canvas.setFont(FONT, FOOT_SIZE)
    lines = foot_lines(stamp, width)
    for place, line in enumerate(lines, start=1):
        canvas.drawCentredString(width / 2, EDGE + (len(lines) - place) * LINE, line)


def top_lines(stamp: Stamp, width: float) -> list[str]:
    """Return the lines of the top margin, wrapped beside the room that the number takes."""
    _font()
    number = pdfmetrics.stringWidth(LONGEST_NUMBER, FONT, TOP_SIZE) + SIDE
    room = width - 2 * SIDE - (number if stamp.is_numbered else 0)
    return list(_wrapped(stamp.reference, TOP_SIZE, room))


def foot_lines(stamp: Stamp, width: float) -> list[str]:
    """Return the lines of the bottom margin, wrapped; who made the copy, and when, is never cut."""
    room = width - 2 * SIDE
    notice = _wrapped(stamp.notice, FOOT_SIZE, room)[:MOST_NOTICE_LINES]
    return [*notice, *_wrapped(stamp.reader, FOOT_SIZE, room)]


@functools.lru_cache(maxsize=64)
def _wrapped(text: str, size: float, room: float) -> tuple[str, ...]:
    """Return the lines of a text; a word that is longer than a line is broken."""
    lines = simpleSplit(writable(text), FONT, size, max(room, SIDE))
    return tuple(part for line in lines for part in _broken(line, size, max(room, SIDE)))


def _broken(line: str, size: float, room: float) -> Iterator[str]:
    start = 0
    for end in range(1, len(line) + 1):
        if pdfmetrics.stringWidth(line[start:end], FONT, size) > room and end - start > 1:
            yield line[start : end - 1]
            start = end - 1
    yield line[start:]


def writable(text: str) -> str:
    """Return the text in letters that the font has: accents fall, then a question mark stands."""
    known = _font().face.charToGlyph
    letters = []
    for letter in " ".join(text.split()):
        if ord(letter) in known:
            letters.append(letter)
        else:
            plain = unicodedata.normalize("NFKD", letter)[0]
            letters.append(plain if ord(plain) in known else "?")
    return "".join(letters)


@functools.cache
def _font() -> TTFont:
    font = TTFont(FONT, "Vera.ttf")
    pdfmetrics.registerFont(font)
    return font
