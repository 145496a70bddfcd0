"""What a facility must be told to be: its code, its state's law, its clock."""

from __future__ import annotations

import re
from zoneinfo import available_timezones

from localflavor.us.us_states import STATE_CHOICES

CODE = re.compile(r"[A-Z][A-Z0-9]{0,11}", re.ASCII)
STATES = frozenset(code for code, _ in STATE_CHOICES)


def problem_of(*, code: str, name: str, state: str, time_zone: str) -> str:
    """Return why a facility cannot be so, in one sentence; empty where it can."""
    if not CODE.fullmatch(code):
        return "The code is up to 12 capital letters and digits, a letter first."
    if not name.strip() or len(name) > 120:
        return "The name is missing or longer than 120 letters."
    if state not in STATES:
        return f"{state} is no US state; write it as PA."
    if time_zone not in available_timezones():
        return f"{time_zone} is no time zone; write it as America/New_York."
    return ""
