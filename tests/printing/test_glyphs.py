from __future__ import annotations

import json
import unicodedata

import pytest
import typst
from hypothesis import given
from hypothesis import strategies as st

from printing import glyphs, typesetting

SOURCE = b"""#let v = json(bytes(sys.inputs.values))
#set document(title: "x", date: none)
#set text(lang: "en", font: ("Libertinus Serif", "DejaVu Sans Mono"))
#for x in v [#x\\ ]"""


def compiles(characters: list[str]) -> bool:
    try:
        typst.compile(
            SOURCE,
            font_paths=typesetting.fonts(),
            ignore_system_fonts=True,
            sys_inputs={"values": json.dumps(characters)},
            pdf_standards=["ua-1"],
            format="pdf",
        )
    except typst.TypstError:
        return False
    return True


def with_letter(character: str) -> str:
    return "x" + character if unicodedata.category(character).startswith("M") else character


def test_every_character_taken_as_drawable_is_drawn_by_the_typesetter():
    assert compiles([with_letter(chr(point)) for point in sorted(glyphs.covered())])


@pytest.mark.parametrize("character", ["中", "😀", "ไ", "\x07", "\U0010ffff"])
def test_what_the_typesetter_cannot_draw_is_not_taken_as_drawable(character):
    assert not compiles([character])
    assert not glyphs.is_drawable(character)


@pytest.mark.parametrize(
    "text, printed, is_lacking",
    [
        ("", "", False),
        ("plain", "plain", False),
        ("a\tb", "a b", False),
        ("a\r\nb\rc\u2028d\x85e", "a\nb\nc\nd\ne", False),
        ("e\u0301", "é", False),
        ("王", "[U+738B]", True),
        ("a王李b", "a[U+738B U+674E]b", True),
        ("王 李", "[U+738B] [U+674E]", True),
        ("\u2067abc", "[U+2067]abc", True),
        ("A" * 24, "A" * 24, False),
        ("A" * 25, "A" * 8 + "\u200b" + "A" * 8 + "\u200b" + "A" * 8 + "\u200b" + "A", False),
    ],
)
def test_printable(text, printed, is_lacking):
    assert glyphs.printable(text) == (printed, is_lacking)


@pytest.mark.parametrize(
    "word, parts",
    [
        ("US-PROFESSIONAL-GUIDANCE-ADULT", ["US-", "PROFESSIONAL-", "GUIDANCE-", "ADULT"]),
        ("records/retention_schedule/2026", ["records/", "retention_", "schedule/", "2026"]),
        ("a--b_-c/dddddddddddddddddddddd", ["a--", "b_-", "c/", "d" * 22]),
        ("X-" + "A" * 25, ["X-", "A" * 8, "A" * 8, "A" * 8, "A"]),
        ("ab-\u0301cdefghijklmn-opqrstuvwxyz", ["ab-\u0301cdefghijklmn-", "opqrstuvwxyz"]),
    ],
)
def test_a_long_word_breaks_behind_its_separators_first(word, parts):
    assert glyphs.with_breaks(word).split(glyphs.BREAK) == parts


def test_breakable_never_parts_a_mark_from_its_letter():
    word = "x̂" * 20

    pieces = glyphs.breakable(word).split(glyphs.BREAK)

    assert "".join(pieces) == word
    assert [piece[0] for piece in pieces] == ["x"] * len(pieces)


@given(st.text())
def test_printable_leaves_only_drawable_characters(text):
    printed, _ = glyphs.printable(text)

    assert [character for character in printed if not glyphs.is_drawable(character)] == []


@given(st.text(alphabet=st.characters(max_codepoint=0x17F, exclude_categories=["C"])))
def test_printable_loses_no_letter(text):
    printed, _ = glyphs.printable(text)

    assert "".join(printed.split()).replace("\u200b", "") == "".join(
        unicodedata.normalize("NFC", text).split()
    )
