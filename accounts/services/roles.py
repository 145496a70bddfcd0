"""Groups and permissions brought in line with the roles in code."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group

from accounts.roles import Role


def sync(**_: Any) -> None:
    """Make one group for each role; run by the owner after every migration.

    What a role may do is read from code, so a group carries a name and its members only.
    """
    for role in Role:
        Group.objects.get_or_create(name=role.value)
