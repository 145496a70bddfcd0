"""Makes any text printable: every character is drawn, or named where the fonts cannot draw it.

Nothing that a value holds may vanish from a page or change how the rest reads: a character
without a glyph, a control, or a mark that reverses the reading direction is printed as its
number, `[U+4E2D]`, and the page says so once.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

RANGES = Path(__file__).with_name("glyph_ranges.txt")
LINE_BREAKS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
DIRECTION_MARKS = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
INVISIBLE_BUT_FINE = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff")
BREAK = "\u200b"
LONGEST_WORD = 24
PIECE = 8
SEPARATORS = "-/_"
LONG_WORD = re.compile(rf"\S{{{LONGEST_WORD + 1},}}")
PLAIN = re.compile(r"[\n -~\xa0-\u017f\u2010-\u2026\u20ac]*\Z")


@cache
def covered() -> frozenset[int]:
    """Return the code points that the house fonts can draw."""
    found: set[int] = set()
    for line in RANGES.read_text(encoding="ascii").splitlines():
        for span in () if line.startswith("#") else line.split():
            first, _, last = span.partition("-")
            found.update(range(int(first, 16), int(last or first, 16) + 1))
    return frozenset(found)


def is_drawable(character: str) -> bool:
    """Say whether `character` prints as itself."""
    if character in "\n":
        return True
    if character in DIRECTION_MARKS:
        return False
    return character in INVISIBLE_BUT_FINE or ord(character) in covered()


def printable(text: str, *, is_plain_only: bool = False) -> tuple[str, bool]:
    """Return `text` as it will be printed, and whether any character had to be named by number.

    `is_plain_only` names everything outside plain Latin text: the way out when letters that the
    fonts have one by one cannot be set together (a mark of one font over a letter of another).
    """
    text = LINE_BREAKS.sub("\n", text).replace("\t", " ")
    if PLAIN.match(text):
        return with_breaks(text), False
    text = unicodedata.normalize("NFC", text)
    pieces: list[str] = []
    lacking: list[str] = []
    is_lacking = False
    for character in text:
        if PLAIN.match(character) if is_plain_only else is_drawable(character):
            if lacking:
                pieces.append(named(lacking))
                lacking = []
            pieces.append(character)
        else:
            lacking.append(character)
            is_lacking = True
    if lacking:
        pieces.append(named(lacking))
    return with_breaks("".join(pieces)), is_lacking


def named(characters: list[str]) -> str:
    """Return the characters' numbers in brackets."""
    return "[" + " ".join(f"U+{ord(character):04X}" for character in characters) + "]"


def with_breaks(text: str) -> str:
    """Let words that no column could hold break, by invisible break points."""
    return LONG_WORD.sub(lambda match: breakable(match.group()), text)


def breakable(word: str) -> str:
    """Return one long word with a break point behind each hyphen, slash and underscore.

    Only a part that is still too long breaks after every few letters. No break point stands before
    a mark, which belongs to the letter before it.
    """
    parts = [part if len(part) <= LONGEST_WORD else _pieces(part) for part in _parts(word)]
    return BREAK.join(parts)


def _parts(word: str) -> list[str]:
    parts: list[str] = []
    start = 0
    for at in range(1, len(word)):
        is_end = word[at - 1] in SEPARATORS and word[at] not in SEPARATORS
        if is_end and not _clings(word[at]):
            parts.append(word[start:at])
            start = at
    return [*parts, word[start:]]


def _pieces(part: str) -> str:
    pieces: list[str] = []
    since = 0
    for character in part:
        if since >= PIECE and not _clings(character):
            pieces.append(BREAK)
            since = 0
        pieces.append(character)
        since += 1
    return "".join(pieces)


def _clings(character: str) -> bool:
    return unicodedata.category(character).startswith(("M", "C"))
