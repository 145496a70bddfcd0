"""The saved lists of a page as the page offers them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import QueryDict
from django.urls import reverse

from accounts.models import SavedList, User
from accounts.rules import saved_lists as rules
from accounts.selectors.saved_lists import MOST_SHARED
from audit.http import Filters


@dataclass(frozen=True)
class Line:
    """One saved list: its address is that of the list with its filters."""

    pk: int
    name: str
    url: str
    shared_by: str
    is_own: bool
    is_shared: bool
    is_default: bool
    is_current: bool


@dataclass(frozen=True)
class Offer:
    """All that a page says of saved lists, and the filters that it would save."""

    route: str
    lines: list[Line]
    kept: str
    notes: list[str]
    is_full: bool
    is_cut: bool

    @property
    def current(self) -> Line | None:
        """The saved list whose filters are in force, one's own before others'."""
        return next((line for line in self.lines if line.is_current), None)

    @property
    def own(self) -> list[Line]:
        """The reader's own."""
        return [line for line in self.lines if line.is_own]

    @property
    def others(self) -> list[Line]:
        """Those that others share."""
        return [line for line in self.lines if not line.is_own]


def present(
    rows: Sequence[SavedList], *, reader: User, route: str, filters: Filters, query: QueryDict
) -> Offer:
    """Return what the page at `route` offers to `reader`, who looks at it by `query`."""
    kept = rules.keep(query, filters)
    lines = [_line(row, reader, kept) for row in rows]
    own = [line for line in lines if line.is_own]
    others = [line for line in lines if not line.is_own]
    return Offer(
        route=route,
        lines=[*own, *others[:MOST_SHARED]],
        kept=kept,
        notes=rules.list_left_out(query, filters),
        is_full=len(own) >= rules.MOST,
        is_cut=len(others) > MOST_SHARED,
    )


def address(row: SavedList) -> str:
    """Return the address of the list with the filters that were saved."""
    return f"{reverse(row.route)}?{row.query}"


def _line(row: SavedList, reader: User, kept: str) -> Line:
    is_own = row.owner_id == reader.pk
    return Line(
        pk=row.pk,
        name=row.name,
        url=address(row),
        shared_by="" if is_own else row.owner.display_name,
        is_own=is_own,
        is_shared=row.is_shared,
        is_default=is_own and row.is_default,
        is_current=row.query == kept,
    )
