"""Addresses in the United States: which states there are, and how a ZIP code is written."""

from __future__ import annotations

import re

# The states, the District of Columbia, territories, states in free association, and the three of
# the armed forces (USPS Publication 28, appendix B).
_WRITTEN = """
AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY
NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY AS GU MP PR VI FM MH PW AA AE AP
"""
STATES = frozenset(_WRITTEN.split())
_NAMES = frozenset({"", "US", "USA", "UNITEDSTATES", "UNITEDSTATESOFAMERICA"})
_BETWEEN = re.compile(r"[.\s]+")
_ZIP = re.compile(r"([0-9]{5})(?:[- ]?([0-9]{4}))?")


def is_in_states(country: str) -> bool:
    """Tell whether an address of this country is in the United States: if none is named, too."""
    return _BETWEEN.sub("", country).upper() in _NAMES


def read_state(text: str) -> str | None:
    """Return the two letters of a state or territory, None where there is no such one."""
    letters = text.strip().upper()
    return letters if letters in STATES else None


def read_zip(text: str) -> str | None:
    """Return a ZIP code of 5 digits, or of 5 and 4 with a hyphen; None where it is none."""
    found = _ZIP.fullmatch(text.strip())
    return "-".join(filter(None, found.groups())) if found else None
