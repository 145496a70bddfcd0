"""Whether a person may open the list of which they keep filters."""

from __future__ import annotations

from django.urls import NoReverseMatch, Resolver404, resolve, reverse

from accounts.errors import SavedListUnknown
from accounts.models import User
from audit.http import Filters


def get_filters(user: User, route: str) -> Filters:
    """Return the filters of the list behind `route`, which `user` may open.

    Raises:
        SavedListUnknown: there is no such list, it has no filters that are saved, or the person's
            roles do not let them open it: the answer is the same.
    """
    filters = _find_filters(user, route)
    if filters is None:
        raise SavedListUnknown
    return filters


def _find_filters(user: User, route: str) -> Filters | None:
    try:
        view = resolve(reverse(route)).func
    except (NoReverseMatch, Resolver404):
        return None
    needed = getattr(view, "required_permissions", ())
    filters: Filters | None = getattr(view, "filters", None)
    return filters if all(user.has_perm(name) for name in needed) else None
