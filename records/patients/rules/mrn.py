"""Medical record numbers: made once, never used again, filed by their last digits.

The last digit is a check digit by Damm's table (H. M. Damm, "Total anti-symmetrische
Quasigruppen", Marburg 2004): it finds every wrong digit and every swap of neighbours.
Filing orders: rules 8.2. Numbers taken over from elsewhere may lack the check digit.
"""

from __future__ import annotations

import re

_DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)
_WRITTEN = re.compile(r"[0-9]+(?:[-\s][0-9]+)*")
_SHORTEST = 6


class NumbersUsedUp(ValueError):
    """The sequence no longer fits the number of digits; numbers must be made longer."""


def check_digit(digits: str) -> int:
    """Return the check digit that follows `digits`."""
    interim = 0
    for digit in digits:
        interim = _DAMM[interim][int(digit)]
    return interim


def make(sequence: int, length: int) -> str:
    """Return the number for a position of the sequence: `length` digits, the last one a check.

    Raises:
        NumbersUsedUp: the position has more digits than fit.
        ValueError: the position is not positive, or the length is odd or below six.
    """
    if sequence < 1 or length < _SHORTEST or length % 2:
        raise ValueError("a number needs a positive position and an even length from six on")
    body = str(sequence).zfill(length - 1)
    if len(body) >= length:
        raise NumbersUsedUp(f"{sequence} does not fit {length} digits")
    return f"{body}{check_digit(body)}"


def normalise(text: str) -> str | None:
    """Return the digits of a number as typed (45-50-99, 45 50 99, 455099), or None.

    Short numbers are filled with zeros to six digits, odd ones to the next even length.
    """
    bare = text.strip()
    if not bare.isascii() or not _WRITTEN.fullmatch(bare):
        return None
    digits = re.sub(r"[-\s]", "", bare)
    return digits.zfill(max(_SHORTEST, len(digits) + len(digits) % 2))


def is_valid(text: str) -> bool:
    """Tell whether the number's check digit holds."""
    digits = normalise(text)
    return digits is not None and check_digit(digits) == 0


def display(digits: str) -> str:
    """Return the number in pairs: 45-50-99; anything that is not a number stays as it is."""
    bare = normalise(digits)
    if bare is None:
        return digits
    return "-".join(bare[at : at + 2] for at in range(0, len(bare), 2))


def _groups(digits: str) -> tuple[int, int, int]:
    bare = normalise(digits)
    if bare is None:
        raise ValueError("not a record number")
    return int(bare[:-4]), int(bare[-4:-2]), int(bare[-2:])


def straight_key(digits: str) -> int:
    """Return the sort key of straight numeric filing.

    Raises:
        ValueError: it is not a number.
    """
    tertiary, secondary, primary = _groups(digits)
    return (tertiary * 100 + secondary) * 100 + primary


def terminal_digit_key(digits: str) -> tuple[int, int, int]:
    """Return the sort key of terminal-digit filing: last pair, middle pair, the rest.

    Raises:
        ValueError: it is not a number.
    """
    tertiary, secondary, primary = _groups(digits)
    return primary, secondary, tertiary


def middle_digit_key(digits: str) -> tuple[int, int, int]:
    """Return the sort key of middle-digit filing: middle pair, the rest, last pair.

    Raises:
        ValueError: it is not a number.
    """
    tertiary, secondary, primary = _groups(digits)
    return secondary, tertiary, primary
