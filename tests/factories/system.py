"""The system's own user, in whose name factories write what nobody did."""

from __future__ import annotations

from functools import cache

from accounts.models import User
from accounts.selectors.users import get_system_user


@cache
def system() -> User:
    """Return the system's user, asked for once: every test's database is cloned with the same."""
    return get_system_user()
