"""Writes the margin lines of assembled pages; runs in the sandboxed child."""

from __future__ import annotations

import functools
import io
import unicodedata
from collections.abc import Sequence

import pikepdf
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from records.documents.pdf.pieces import Stamp

FONT = "Vera"
TOP_SIZE, FOOT_SIZE, LINE = 8.0, 6.5, 8.0
EDGE, GAP, SIDE = 7.0, 4.0, 24.0
MOST_NOTICE_LINES = 4


def bands(stamp: Stamp | None, width: float) -> tuple[float, float]:
    """Return the heights of the top and the bottom margin that the stamp needs."""
    if stamp is None:
        return 0.0, 0.0
    top = EDGE + TOP_SIZE + GAP if stamp.reference or stamp.is_numbered else 0.0
    lines = len(foot_lines(stamp, width))
    return top, EDGE + LINE * lines + GAP if lines else 0.0


def overlay(stamp: Stamp, sizes: Sequence[tuple[float, float]]) -> pikepdf.Pdf:
    """Return a PDF with one transparent page of margin lines for each size."""
    _font()
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pageCompression=0, invariant=1)
    count = stamp.page_count or stamp.first_number - 1 + len(sizes)
    for number, (width, height) in enumerate(sizes, start=stamp.first_number):
        canvas.setPageSize((width, height))
        _draw_top(canvas, stamp, number, count, width, height)
        _draw_foot(canvas, stamp, width)
        canvas.showPage()
    canvas.save()
    return pikepdf.open(io.BytesIO(buffer.getvalue()))


def _draw_top(
    canvas: Canvas, stamp: Stamp, number: int, count: int, width: float, height: float
) -> None:
    canvas.setFont(FONT, TOP_SIZE)
    baseline = height - EDGE - TOP_SIZE * 0.75
    canvas.drawString(SIDE, baseline, writable(stamp.reference))
    if stamp.is_numbered:
        canvas.drawRightString(width - SIDE, baseline, f"Page {number} of {count}")


def _draw_foot(canvas: Canvas, stamp: Stamp, width: float) -> None:
    canvas.setFont(FONT, FOOT_SIZE)
    lines = foot_lines(stamp, width)
    for place, line in enumerate(lines, start=1):
        canvas.drawCentredString(width / 2, EDGE + (len(lines) - place) * LINE, line)


def foot_lines(stamp: Stamp, width: float) -> list[str]:
    """Return the lines of the bottom margin, wrapped to the page."""
    _font()
    room = max(width - 2 * SIDE, SIDE)
    notice = simpleSplit(writable(stamp.notice), FONT, FOOT_SIZE, room)[:MOST_NOTICE_LINES]
    return [*notice, *simpleSplit(writable(stamp.reader), FONT, FOOT_SIZE, room)[:1]]


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
