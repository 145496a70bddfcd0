"""How alike two values of a person are: 1 is the same, 0 differs, None is not known on a side.

Thresholds of rules 10: Jaro-Winkler from .92 on is the same name, from .85 on partly the same.
"""

from __future__ import annotations

import re
from collections.abc import Set
from datetime import date

from rapidfuzz.distance import JaroWinkler

from records.patients.rules import names, nicknames

_SAME = 0.92
_ALIKE = 0.85
# A slip (swapped, or one digit off) is some thirty times as likely in one person as in two.
_SLIP = 0.5
_INITIAL = 0.6
_STREET_WORDS = {
    "STREET": "ST", "AVENUE": "AVE", "AV": "AVE", "ROAD": "RD", "DRIVE": "DR", "LANE": "LN",
    "COURT": "CT", "PLACE": "PL", "BOULEVARD": "BLVD", "CIRCLE": "CIR", "HIGHWAY": "HWY",
    "PARKWAY": "PKWY", "TERRACE": "TER", "SQUARE": "SQ", "TRAIL": "TRL", "APARTMENT": "APT",
    "SUITE": "STE", "UNIT": "APT", "NORTH": "N", "SOUTH": "S", "EAST": "E", "WEST": "W",
    "CRESCENT": "CRES",
}  # fmt: skip
# Written where nothing is known; two of them agree on nothing.
_NO_NAME = frozenset({"UNKNOWN", "UNK", "UNNAMED", "ANONYMOUS", "NONE", "NA", "DOE", "TRAUMA"})
_NO_GIVEN = _NO_NAME | {
    "NFN",
    "NOFIRSTNAME",
    "BABY",
    "BOY",
    "GIRL",
    "BABYBOY",
    "BABYGIRL",
    "INFANT",
}
# Names of the unnamed newborn; BOYD is left out, as people are called so.
_NEWBORN = re.compile(r"(?:BABY|BOY|GIRL)[A-C]")
_NO_STREET = frozenset({"GENERAL DELIVERY", "HOMELESS", "UNKNOWN", "NONE", "NO FIXED ADDRESS"})


def known_family(word: str) -> str:
    """Return a family name in filing form, or "" where it only stands for an unknown one."""
    return "" if word in _NO_NAME else word


def known_given(word: str) -> str:
    """Return a given name in filing form, or "" where it stands for an unknown or newborn one."""
    return "" if word in _NO_GIVEN or _NEWBORN.fullmatch(word) else word


def name_likeness(one: str, other: str) -> float | None:
    """Compare two names in filing form."""
    if not one or not other:
        return None
    likeness = JaroWinkler.similarity(one, other, score_cutoff=_ALIKE)
    return 1.0 if likeness >= _SAME else max(0.0, (likeness - _ALIKE) / (_SAME - _ALIKE))


def family_likeness(
    one: str, one_former: Set[str], other: str, other_former: Set[str]
) -> float | None:
    """Compare family names; the former names of one side may meet the present one of the other."""
    pairs = (
        {(one, other)} | {(one, old) for old in other_former} | {(old, other) for old in one_former}
    )
    found = [name_likeness(*pair) for pair in pairs]
    return max((likeness for likeness in found if likeness is not None), default=None)


def given_likeness(one: str, other: str) -> float | None:
    """Compare given names; short forms are the same, an initial is partly the same."""
    plain = name_likeness(one, other)
    if plain is None or plain == 1.0:
        return plain
    if nicknames.are_same(one, other):
        return 1.0
    if min(len(one), len(other)) == 1 and one[0] == other[0]:
        return _INITIAL
    return plain


def birth_likeness(one: date | None, other: date | None) -> float | None:
    """Compare birth dates; month and day swapped, or one slip of a digit, is partly the same."""
    if one is None or other is None:
        return None
    if one == other:
        return 1.0
    if (one.year, one.month, one.day) == (other.year, other.day, other.month):
        return _SLIP
    return _SLIP if is_slip(f"{one:%Y%m%d}", f"{other:%Y%m%d}") else 0.0


def is_slip(one: str, other: str) -> bool:
    """Tell whether two numbers of one length differ by one digit or by two neighbours swapped."""
    if len(one) != len(other):
        return False
    wrong = [at for at in range(len(one)) if one[at] != other[at]]
    if len(wrong) != 2:
        return len(wrong) == 1
    first, second = wrong
    return second == first + 1 and one[first : second + 1] == other[first : second + 1][::-1]


def set_likeness(ones: Set[str], others: Set[str]) -> float | None:
    """Compare sets of numbers: one in common is enough."""
    if not ones or not others:
        return None
    return 0.0 if ones.isdisjoint(others) else 1.0


def value_likeness(one: str, other: str) -> float | None:
    """Compare values that are the same or are not."""
    if not one or not other:
        return None
    return float(one == other)


def number_likeness(one: str, other: str) -> float | None:
    """Compare nine-digit numbers, where one slip is partly the same."""
    if one.isdecimal() and other.isdecimal() and len(one) == 9 and is_slip(one, other):
        return _SLIP
    return value_likeness(one, other)


def street_form(address: str) -> str:
    """Return one spelling of a street address: folded, usual words shortened."""
    street = " ".join(_STREET_WORDS.get(word, word) for word in names.words_of(address))
    return "" if street in _NO_STREET else street


def zip_form(code: str) -> str:
    """Return the five digits of a ZIP code, or the code as it is where it is none."""
    found = re.match(r"\s*([0-9]{5})(?:[-\s]?[0-9]{4})?\s*$", code)
    return found.group(1) if found else names.closed_up(code)
