"""People who sign in."""

from __future__ import annotations

import itertools
from typing import Any

from accounts.models import User
from accounts.services import users
from audit.writes import attributing
from records.access.models import CustodyUnit
from tests.factories.system import system
from tests.factories.units import grant

_numbers = itertools.count(1)
PASSWORD = "correct horse battery staple"


def make_user(*roles: str, unit: CustodyUnit | None = None, **facts: Any) -> User:
    """A person who holds `roles`, may sign in with `PASSWORD` and, with `unit`, open its charts."""
    number = next(_numbers)
    giver = system()
    values: dict[str, Any] = {
        "username": f"staff{number}",
        "email": f"staff{number}@example.org",
        "display_name": f"Staff {number}",
        "password": PASSWORD,
    }
    must_change = facts.pop("must_change_password", False)
    with attributing(giver):
        user = users.create(actor=giver, roles=list(roles), **values | facts)
        user.must_change_password = must_change
        user.save(update_fields=["must_change_password"])
        if unit is not None:
            grant(unit, user=user)
    return again(user)


def again(user: User) -> User:
    """The person as the next request loads them."""
    return User.objects.get(pk=user.pk)
