"""Phone numbers in one form, so that the same line is found however it was written."""

from __future__ import annotations

from dataclasses import dataclass

import phonenumbers

_SHORTEST_LOOKUP = 4


@dataclass(frozen=True)
class Phone:
    """A number: E.164 for comparing, national digits for searching, text for the screen."""

    e164: str
    digits: str
    shown: str
    extension: str = ""


def parse(text: str, region: str = "US") -> Phone | None:
    """Return the number in `text`, read as dialled in `region`, or None if it cannot be one."""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    national = phonenumbers.PhoneNumberFormat.NATIONAL
    return Phone(
        e164=phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164),
        digits=phonenumbers.national_significant_number(number),
        shown=phonenumbers.format_number(number, national),
        extension=number.extension or "",
    )


def lookup_digits(text: str) -> str:
    """Return the digits by which part of a number is looked up, or "" if they are too few."""
    digits = "".join(mark for mark in text if mark.isascii() and mark.isdigit())
    if len(digits) == 11 and digits.startswith("1"):
        digits = digits[1:]
    return digits if len(digits) >= _SHORTEST_LOOKUP else ""
