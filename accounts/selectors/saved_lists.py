"""The saved lists of a page: one's own, and those that others share."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import BooleanField, Case, Q, Value, When
from django.db.models.functions import Lower

from accounts.errors import SavedListUnknown
from accounts.models import SavedList, User
from accounts.rules.saved_lists import MOST

# Of all that others share of one list, so many are offered, by name.
MOST_SHARED = 50


def list_offered(user: User, route: str) -> list[SavedList]:
    """Return the saved lists of a page that `user` is offered: their own, then others', by name.

    What somebody shared whose sign-in is closed is not offered, as nobody could change it. There
    is one more than `MOST_SHARED` of others where not all are offered. Whoever asks has opened the
    page, so they hold its permissions.
    """
    is_own = Case(When(owner=user, then=True), default=Value(False), output_field=BooleanField())
    shared = Q(is_shared=True, owner__is_active=True)
    found = SavedList.objects.filter(Q(owner=user) | shared, route=route).select_related("owner")
    ordered = found.annotate(is_own=is_own).order_by("-is_own", Lower("name"), "pk")
    return list(ordered[: MOST + MOST_SHARED + 1])


def get_own(user: User, list_id: int) -> SavedList:
    """Return one of a person's own saved lists.

    Raises:
        SavedListUnknown: there is none, or it is somebody else's.
    """
    row = SavedList.objects.filter(owner=user, pk=list_id).first()
    if row is None:
        raise SavedListUnknown(list_id)
    return row


def is_name_taken(user: User, route: str, name: str, *, apart_from: int | None = None) -> bool:
    """Tell whether a person has a saved list of this name already, in any case of letters."""
    rows = SavedList.objects.filter(owner=user, route=route, name__iexact=name)
    return (rows.exclude(pk=apart_from) if apart_from else rows).exists()


def label(ids: Sequence[str]) -> dict[str, str]:
    """Return what the access log calls saved lists, without the names that people gave them."""
    return {value: f"saved list {value}" for value in ids}
