"""Passcodes of one-time links: made, shown, and read as they were typed."""

from __future__ import annotations

import secrets

# No letters or digits that are mistaken for each other when read aloud.
LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
LENGTH = 10


def make() -> str:
    """Return a fresh passcode of letters and digits that can be read aloud."""
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def spaced(passcode: str) -> str:
    """Return a passcode in two groups, as it is shown and read aloud."""
    half = LENGTH // 2
    return f"{passcode[:half]} {passcode[half:]}"


def normalised(passcode: str) -> str:
    """Return a passcode as it was made, however it was typed."""
    return "".join(letter for letter in passcode.upper() if letter.isalnum())
