import io
import itertools

import pypdfium2
import pytest

from records.documents.pdf import stamps
from records.documents.pdf.pieces import Stamp

SIZE = (612.0, 792.0)
FULL = Stamp(reference="R-2026-00012", notice="Do not share.", reader="Printed for A. Clerk")


def texts(stamp, count=2, size=SIZE):
    buffer = io.BytesIO()
    with stamps.overlay(stamp, [size] * count) as pdf:
        pdf.save(buffer)
    document = pypdfium2.PdfDocument(buffer.getvalue())
    found = []
    for page in document:
        reader = page.get_textpage()
        found.append(reader.get_text_bounded().splitlines())
        reader.close()
    document.close()
    return found


def boxes(stamp, size):
    """Return the rectangle that each line of the margins takes."""
    buffer = io.BytesIO()
    with stamps.overlay(stamp, [size]) as pdf:
        pdf.save(buffer)
    document = pypdfium2.PdfDocument(buffer.getvalue())
    reader = document[0].get_textpage()
    found = [reader.get_rect(at) for at in range(reader.count_rects())]
    reader.close()
    document.close()
    return found


def meet(one, other):
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


@pytest.mark.goal("G-54")
def test_every_page_carries_reference_number_notice_and_reader():
    assert texts(FULL) == [
        ["R-2026-00012 Page 1 of 2", "Do not share.", "Printed for A. Clerk"],
        ["R-2026-00012 Page 2 of 2", "Do not share.", "Printed for A. Clerk"],
    ]


@pytest.mark.parametrize(
    ("stamp", "lines"),
    [
        (Stamp(reference="R-1", is_numbered=False), ["R-1"]),
        (Stamp(), ["Page 1 of 1"]),
        (Stamp(first_number=41, page_count=80), ["Page 41 of 80"]),
        (Stamp(first_number=41), ["Page 41 of 41"]),
        (Stamp(reader="Me", is_numbered=False), ["Me"]),
    ],
)
def test_page_carries_only_what_is_asked_for(stamp, lines):
    assert texts(stamp, 1) == [lines]


def test_long_notice_is_wrapped_and_cut_at_four_lines():
    (lines,) = texts(Stamp(notice="word " * 500, reader="Me", is_numbered=False), 1)

    assert len(lines) == 5
    assert lines[-1] == "Me"


PRINTED = Stamp(
    reference="MRN CR-0000012-4 \u00b7 document 1234567 \u00b7 version 12, since replaced",
    notice="Confidential patient information, copied for the reader named below. " * 2,
    reader="Printed by Maximiliana Featherstonehaugh-Cholmondeley (supervisor.long.name) "
    "on Nov 29, 2026 at 14:05:09 PST",
)


@pytest.mark.parametrize(
    "page", [(100, 100), (36, 36), (100, 900), (900, 100), (288, 432), (432, 288), (612, 792)]
)
def test_whole_reference_and_reader_stand_inside_every_sheet_apart_from_the_number(page):
    width, height = stamps.sheet(PRINTED, page)
    top, foot = stamps.bands(PRINTED, width)

    inside, (lines,) = boxes(PRINTED, (width, height)), texts(PRINTED, 1, (width, height))

    assert " ".join(stamps.top_lines(PRINTED, width)) == PRINTED.reference
    assert lines[-1 * len(stamps.foot_lines(PRINTED, width)) :] == stamps.foot_lines(PRINTED, width)
    assert " ".join(lines).endswith(PRINTED.reader)
    assert all(
        left >= 0 and low >= 0 and right <= width and high <= height
        for left, low, right, high in inside
    )
    assert not any(meet(one, other) for one, other in itertools.combinations(inside, 2))
    assert top + foot < height / 3


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ((612.0, 792.0), (612.0, 792.0)),
        ((100.0, 100.0), (360.0, 360.0)),
        ((100.0, 900.0), (360.0, 900.0)),
        ((900.0, 100.0), (900.0, 360.0)),
    ],
)
def test_small_page_is_laid_on_a_larger_sheet(page, expected):
    assert stamps.sheet(PRINTED, page) == expected
    assert stamps.sheet(None, page) == page


def test_word_longer_than_a_line_is_broken_and_keeps_every_letter():
    lines = stamps.foot_lines(Stamp(reader="M" * 200), 360.0)

    assert len(lines) > 1
    assert "".join(lines) == "M" * 200


@pytest.mark.parametrize(
    ("stamp", "expected"),
    [
        (None, (0.0, 0.0)),
        (Stamp(is_numbered=False), (0.0, 0.0)),
        (Stamp(), (19.0, 0.0)),
        (Stamp(is_numbered=False, reference="R"), (19.0, 0.0)),
        (FULL, (19.0, 27.0)),
        (Stamp(is_numbered=False, reader="Me"), (0.0, 19.0)),
    ],
)
def test_bands_leave_room_for_the_lines_there_are(stamp, expected):
    assert stamps.bands(stamp, SIZE[0]) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("José Müller", "José Müller"),
        ("Łukasz", "Łukasz"),
        ("Ǻsa Ḿ", "Asa M"),
        ("名前", "??"),
        (" a\n\tb ", "a b"),
        ("(x) \\ %", "(x) \\ %"),
        ("", ""),
    ],
)
def test_writable_keeps_to_the_letters_of_the_font(text, expected):
    assert stamps.writable(text) == expected


def test_text_of_a_person_cannot_become_drawing_instructions():
    hostile = "x) Tj ET 0 0 999 999 re f BT (y"

    assert texts(Stamp(reader=hostile, is_numbered=False), 1) == [[hostile]]


def test_same_stamp_gives_the_same_bytes():
    first, second = io.BytesIO(), io.BytesIO()
    for buffer in (first, second):
        with stamps.overlay(FULL, [SIZE]) as pdf:
            pdf.save(buffer, deterministic_id=True)

    assert first.getvalue() == second.getvalue()
