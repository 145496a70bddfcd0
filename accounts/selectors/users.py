"""People, as the administrator and other rooms read them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.models.user import SYSTEM_USERNAME
from accounts.roles import PERMISSIONS
from audit import subjects

# So many people are named where what was typed fits several.
MOST_NAMED = 5


def get_system_user() -> User:
    """Return the inactive user under whose name scheduled work is done.

    Raises:
        User.DoesNotExist: the database was not migrated.
    """
    return User.objects.get(username=SYSTEM_USERNAME)


def read_credentials(credentials: Mapping[str, Any]) -> str:
    """Return what somebody typed as their name, in the form by which tries are counted."""
    typed = credentials.get("username") or credentials.get("email") or ""
    return str(typed).strip().lower()


def find_id(typed: str) -> int | None:
    """Return whose name or e-mail `typed` is, in any case of letters; None if nobody's."""
    if not typed:
        return None
    named = Q(username__iexact=typed) | Q(email__iexact=typed)
    return User.objects.filter(named).order_by("pk").values_list("pk", flat=True).first()


def list_users(
    *, search: str = "", role: str = "", is_active: bool | None = None
) -> QuerySet[User]:
    """Return people by name; `search` looks into name, sign-in and e-mail."""
    users = User.objects.exclude(username=SYSTEM_USERNAME).prefetch_related("groups")
    if search:
        users = users.filter(
            Q(display_name__icontains=search)
            | Q(username__icontains=search)
            | Q(email__icontains=search)
        )
    if role:
        users = users.filter(groups__name=role)
    if is_active is not None:
        users = users.filter(is_active=is_active)
    return users.order_by("display_name", "pk")


def list_holders(role: str) -> QuerySet[User]:
    """Return the active people who hold `role`, by name."""
    return User.objects.filter(groups__name=role, is_active=True).order_by("display_name", "pk")


def fingerprint(user: User) -> str:
    """Return what tells one state of a person, as the administrator edits it, from another."""
    stated = [user.display_name, user.email, *sorted(user.role_names)]
    return hashlib.sha256(json.dumps(stated).encode()).hexdigest()[:16]


def list_carriers(permission: str) -> QuerySet[User]:
    """Return the active people whose roles carry `permission`, each once, by name."""
    roles = [role for role, carried in PERMISSIONS.items() if permission in carried]
    holders = User.groups.through.objects.filter(group__name__in=roles)
    people = User.objects.filter(is_active=True, pk__in=holders.values("user_id"))
    return people.order_by("display_name", "pk")


def map_names(user_ids: set[int]) -> dict[int, str]:
    """Return the display name of each of `user_ids`, in one query."""
    return dict(User.objects.filter(pk__in=user_ids).values_list("pk", "display_name"))


def label(ids: Sequence[str]) -> dict[str, str]:
    """Return the display names of people by their ids as text, for the access log."""
    names = map_names({int(value) for value in ids if value.isdecimal()})
    return {str(user_id): name for user_id, name in names.items()}


def find(text: str) -> list[str]:
    """Return the ids of the people whom `text` names, for the access log.

    Their sign-in name or e-mail, or the name that the log shows, in any case of letters; else how
    one person's name or sign-in name begins.

    Raises:
        Unclear: several people have this name, or names that begin so.
    """
    typed = text.strip()
    if not typed:
        return []
    found = find_id(typed)
    if found is not None:
        return [str(found)]
    named = _list_named(Q(display_name__iexact=typed))
    if len(named) > 1:
        raise subjects.Unclear(f"Several people have this name: {_name_some(named)}.")
    if not named:
        named = _list_named(Q(display_name__istartswith=typed) | Q(username__istartswith=typed))
    if len(named) > 1:
        raise subjects.Unclear(f"Several people have a name that begins so: {_name_some(named)}.")
    return [str(user.pk) for user in named]


def _list_named(condition: Q) -> list[User]:
    people = User.objects.filter(condition).order_by("display_name", "username")
    return list(people[: MOST_NAMED + 1])


def _name_some(people: Sequence[User]) -> str:
    """Name people by name and sign-in name; where there are too many, say that there are more."""
    names = [f"{user.display_name} ({user.username})" for user in people[:MOST_NAMED]]
    return "; ".join([*names, "and more"] if len(people) > MOST_NAMED else names)
