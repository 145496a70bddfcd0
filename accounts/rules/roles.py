"""Which roles one person may hold together: the administrator sees no patient."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.enums import Role

# Every other role leads to patients, so who holds one of these holds nothing else.
ALONE = frozenset({Role.ADMINISTRATOR.value})


def may_be_held_together(roles: Iterable[str]) -> bool:
    """Return whether one person may hold just `roles`: one that stands alone is the only one."""
    held = {str(role) for role in roles}
    return len(held) < 2 or not held & ALONE
