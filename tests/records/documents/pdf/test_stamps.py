import pypdfium2
import pytest

from records.documents.pdf import stamps
from records.documents.pdf.pieces import Stamp

SIZE = (612.0, 792.0)
FULL = Stamp(reference="R-2026-00012", notice="Do not share.", reader="Printed for A. Clerk")


def texts(stamp, count=2, size=SIZE):
    import io

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
    import io

    first, second = io.BytesIO(), io.BytesIO()
    for buffer in (first, second):
        with stamps.overlay(FULL, [SIZE]) as pdf:
            pdf.save(buffer, deterministic_id=True)

    assert first.getvalue() == second.getvalue()
