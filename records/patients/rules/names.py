"""Names: how they are filed, searched and shown.

Filing follows the alphabetic rules of records rooms (rules 8.1): unit by unit, nothing before
something, punctuation dropped and closed up, accents folded, prefixes part of the surname.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

# Letters that carry no separable mark, so that decomposing leaves them as they are.
_FOLDED_LETTERS = str.maketrans(
    {"Ø": "O", "Ł": "L", "Đ": "D", "Ð": "D", "Æ": "AE", "Œ": "OE", "Þ": "TH", "Ħ": "H", "Ŧ": "T"}
)
_DIGIT_RUN = re.compile(r"[0-9]+")
_ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6, "VII": 7, "VIII": 8}
_SUFFIX_FORMS = {"JUNIOR": "JR", "SENIOR": "SR", "2ND": "2", "3RD": "3", "4TH": "4", "5TH": "5"}
_SUFFIX_SHOWN = {"JR": "Jr", "SR": "Sr", "ESQ": "Esq", "PHD": "PhD"}
_WORD_BREAK = re.compile(r"[\s\-‐-―_/.,;:]+")
_NAME_PART = re.compile(r"[^\W\d_]+")
# Sorts below every letter and digit, so that a shorter unit comes before a longer one.
_UNIT_END = " "
_NO_GIVEN = "(no first name)"


@dataclass(frozen=True)
class PersonName:
    """A name in its four fields, as written."""

    family: str
    given: str = ""
    middle: str = ""
    suffix: str = ""


def fold(text: str) -> str:
    """Return `text` without accents and in capitals; spaces and punctuation stay."""
    decomposed = unicodedata.normalize("NFKD", text)
    bare = "".join(mark for mark in decomposed if not unicodedata.combining(mark))
    # Upper-casing may bring marks and compatibility forms back, so it is decomposed once more.
    capitals = unicodedata.normalize("NFKD", bare.upper()).translate(_FOLDED_LETTERS)
    return "".join(mark for mark in capitals if not unicodedata.combining(mark))


def closed_up(text: str) -> str:
    """Return the filing form of one unit: folded, letters and digits only (O'Brien, OBRIEN).

    Letters of other scripts stay, so that such a name is not filed under nothing.
    """
    return "".join(mark for mark in fold(text) if mark.isalnum())


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of `text` in filing form, split at spaces, hyphens and stops."""
    return tuple(word for word in map(closed_up, _WORD_BREAK.split(text)) if word)


def search_text(names: Iterable[PersonName]) -> str:
    """Return what the search column holds: each word once, whole names closed up first.

    Smith-Jones is found as SMITHJONES, as SMITH and as JONES.
    """
    found: dict[str, None] = {}
    for name in names:
        for unit in (name.family, name.given, name.middle):
            found[closed_up(unit)] = None
            found.update(dict.fromkeys(words_of(unit)))
    return " ".join(word for word in found if word)


def suffix_form(suffix: str) -> str:
    """Return one spelling for a suffix: Junior, Jr. and JR are all JR."""
    bare = closed_up(suffix)
    return _SUFFIX_FORMS.get(bare, bare)


def suffix_rank(suffix: str) -> tuple[int, int, str]:
    """Rank a suffix: none, then Arabic numerals, Roman numerals, letters (2, 3, II, III, Jr)."""
    form = suffix_form(suffix)
    if not form:
        return (0, 0, "")
    if form.isdecimal():
        return (1, int(form), "")
    if form in _ROMAN:
        return (2, _ROMAN[form], "")
    return (3, 0, form)


def filing_key(name: PersonName, born_on: date | None = None, mrn: str = "") -> str:
    """Return the text by which folders stand on the shelf and lists sort; compare it bytewise.

    Order: surname, first, middle, suffix, then birth date and number for the same name.
    Numbers inside names count by value and come before letters.
    """
    rank, number, letters = suffix_rank(name.suffix)
    units = [_numbers_by_value(closed_up(u)) for u in (name.family, name.given, name.middle)]
    birth = born_on.isoformat() if born_on else ""
    return _UNIT_END.join([*units, f"{rank}{number:03}{letters}", birth, mrn])


def _numbers_by_value(unit: str) -> str:
    return _DIGIT_RUN.sub(lambda run: run.group().zfill(9), unit)


def display_suffix(suffix: str) -> str:
    """Return the suffix as it is shown: Jr, III, MD."""
    form = suffix_form(suffix)
    return _SUFFIX_SHOWN.get(form, form)


def display_case(text: str) -> str:
    """Return a name in ordinary case if it came in one case only; else leave it as written."""
    if text != text.upper() and text != text.lower():
        return text
    shown = _NAME_PART.sub(lambda part: part.group().capitalize(), text)
    return re.sub(r"\bMc([a-z])", lambda hit: "Mc" + hit.group(1).upper(), shown)


def display_name(name: PersonName) -> str:
    """Return the name for lists and the banner: MUÑOZ, Rosa Elena Jr."""
    given = display_case(name.given) or _NO_GIVEN
    rest = [given, display_case(name.middle), display_suffix(name.suffix)]
    return f"{name.family.upper()}, {' '.join(part for part in rest if part)}"


def letter_name(name: PersonName) -> str:
    """Return the name as it stands in a letter: Rosa Elena Muñoz, Jr."""
    parts = (display_case(part) for part in (name.given, name.middle, name.family))
    plain = " ".join(part for part in parts if part)
    suffix = display_suffix(name.suffix)
    return f"{plain}, {suffix}" if suffix else plain
