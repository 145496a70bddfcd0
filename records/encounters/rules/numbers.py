"""The national number of practitioners (NPI), and how its last digit checks the others."""

from __future__ import annotations

DIGITS = 10
# What card issuers' numbers of health in the United States begin with (45 CFR 162.406; ISO 7812).
PREFIX = "80840"


def is_npi(text: str) -> bool:
    """Tell whether `text` is ten digits of which the last checks the others by Luhn's formula."""
    if len(text) != DIGITS or not (text.isascii() and text.isdecimal()):
        return False
    total = 0
    for place, digit in enumerate(reversed(PREFIX + text)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
