"""Keys by which names and people are compared, derived from what was written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from records.patients.rules import names
from records.patients.rules.names import PersonName

_SOUND = {
    **dict.fromkeys("BFPV", "1"),
    **dict.fromkeys("CGJKQSXZ", "2"),
    **dict.fromkeys("DT", "3"),
    "L": "4",
    **dict.fromkeys("MN", "5"),
    "R": "6",
}
_TRANSPARENT = frozenset("HW")


@dataclass(frozen=True)
class NameColumns:
    """The key columns of a name."""

    family_key: str
    given_key: str
    name_key: str
    sound_key: str


def soundex(word: str) -> str:
    """Return the American Soundex code (US National Archives): a letter and three digits.

    `word` is in filing form; letters outside A to Z give an empty code.
    """
    letters = [letter for letter in word if "A" <= letter <= "Z"]
    if not letters:
        return ""
    code, last = letters[0], _SOUND.get(letters[0], "")
    for letter in letters[1:]:
        digit = _SOUND.get(letter, "")
        if digit and digit != last:
            code += digit
        if letter not in _TRANSPARENT:
            last = digit
    return code[:4].ljust(4, "0")


def name_columns(name: PersonName) -> NameColumns:
    """Return the key columns of a name, cut to what the table holds."""
    family = names.closed_up(name.family)[:100]
    given = names.closed_up(name.given)[:100]
    return NameColumns(
        family_key=family,
        given_key=given,
        name_key=f"{family} {given}".strip(),
        sound_key=f"{soundex(family)}{given[:1]}",
    )


def block_sound_year(family_key: str, birth_on: date | None) -> str:
    """Return the blocking key of sounding family name and birth year, empty without a date."""
    return f"{soundex(family_key)}{birth_on.year}" if birth_on else ""


def block_initial_birth(given_key: str, birth_on: date | None) -> str:
    """Return the blocking key of given initial and birth date, empty without a date."""
    return f"{given_key[:1]}{birth_on:%Y%m%d}" if birth_on else ""
