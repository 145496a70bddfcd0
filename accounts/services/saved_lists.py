"""Saved lists: the filters of a list kept under a name, changed and removed by who kept them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django.http import QueryDict

from accounts import access
from accounts.errors import (
    SavedListEmpty,
    SavedListNameTaken,
    SavedListsFull,
    SavedListStale,
    SavedListUnknown,
)
from accounts.models import SavedList, User
from accounts.rules import saved_lists as rules
from audit import subjects
from audit.enums import Action
from audit.http import Filters
from audit.services import events
from audit.writes import attributed


@attributed
def create(
    *, actor: User, route: str, query: str, name: str, is_shared: bool, is_default: bool
) -> SavedList:
    """Keep the filters of a list's address under a name.

    What the list does not know, and what may name a patient, is left out (45 CFR 164.502(b)): a
    number is kept only where it is of somebody or something that the house knows. A shared one is
    offered to everybody who may open the list, and shows each what that person may see: it holds
    filters, never rows.

    Raises:
        SavedListUnknown: there is no such list for this person.
        SavedListEmpty: no filter is left.
        SavedListsFull: the person has as many of this list as are kept.
        SavedListNameTaken: the person has one of this name.
    """
    filters = access.get_filters(actor, route)
    kept = rules.keep(_without_strange_numbers(QueryDict(query), filters), filters)
    if not kept:
        raise SavedListEmpty
    _lock(actor)
    if SavedList.objects.filter(owner=actor, route=route).count() >= rules.MOST:
        raise SavedListsFull
    row = SavedList(owner=actor, route=route, name=name, query=kept, is_shared=is_shared)
    _set_default(row, is_default)
    with _refusing_taken(row):
        row.save()
    _record(actor, row, "created")
    return row


@attributed
def change(
    *, actor: User, list_id: int, name: str, is_shared: bool, is_default: bool, version: int
) -> SavedList:
    """Rename a saved list of one's own, share it or not, make it the default or not.

    Raises:
        SavedListUnknown: it is not the person's own, or its list is not theirs to open any more.
        SavedListStale: it was changed in another window after the form was opened.
        SavedListNameTaken: the person has another of this name.
    """
    row = _lock_own(actor, list_id)
    if row.version != version:
        raise SavedListStale(row.pk)
    _set_default(row, is_default)
    row.name, row.is_shared, row.version = name, is_shared, version + 1
    with _refusing_taken(row):
        row.save(update_fields=["name", "is_shared", "is_default", "version"])
    _record(actor, row, "changed")
    return row


@attributed
def remove(*, actor: User, list_id: int) -> SavedList:
    """Remove a saved list of one's own, for everybody to whom it was offered.

    Raises:
        SavedListUnknown: it is not the person's own, or its list is not theirs to open any more.
    """
    row = _lock_own(actor, list_id)
    _record(actor, row, "removed")
    SavedList.objects.filter(pk=row.pk).delete()
    return row


def _without_strange_numbers(query: QueryDict, filters: Filters) -> QueryDict:
    """Return an address without the numbers that are nobody's and nothing's of the house."""
    asked = query.copy()
    for name, subject_type in filters.numbers.items():
        number = query.get(name, "").strip()
        if number.isdecimal() and not subjects.is_known(subject_type, int(number)):
            del asked[name]
    return asked


def _lock(owner: User) -> None:
    # Two windows would each count nineteen, or each find no other default.
    User.objects.select_for_update(no_key=True).get(pk=owner.pk)


def _lock_own(actor: User, list_id: int) -> SavedList:
    _lock(actor)
    row = SavedList.objects.filter(owner=actor, pk=list_id).first()
    if row is None:
        raise SavedListUnknown(list_id)
    access.get_filters(actor, row.route)
    return row


def _set_default(row: SavedList, is_default: bool) -> None:
    """Make `row` the default or not; of one list there is one, so another ceases to be it."""
    row.is_default = is_default
    if not is_default:
        return
    others = SavedList.objects.filter(owner=row.owner, route=row.route, is_default=True)
    for other in others.exclude(pk=row.pk):
        other.is_default = False
        other.version += 1
        other.save(update_fields=["is_default", "version"])


@contextmanager
def _refusing_taken(row: SavedList) -> Iterator[None]:
    """Say that the name is taken, where the database gives it once."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise SavedListNameTaken(row.pk) from error


def _record(actor: User, row: SavedList, deed: str) -> None:
    events.record(
        action=Action.SAVED_LIST_CHANGED,
        actor=actor,
        subject_type="saved_list",
        subject_id=row.pk,
        detail={"deed": deed, "list": row.route, "shared": row.is_shared},
    )
