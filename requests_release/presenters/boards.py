"""The board as its page shows it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.crypto import salted_hmac

from accounts.selectors import users
from requests_release.enums import Owner, RequestKind, RequestStatus
from requests_release.rules import transitions
from requests_release.selectors.boards import CARDS, NOBODY, STATES, Card, Filters

DUE_LABELS = {"soon": "due soon", "late": "late"}


@dataclass(frozen=True)
class Column:
    """One column: its state, who acts next, its cards."""

    status: str
    label: str
    owner: str
    cards: list[Card]
    has_more: bool

    @property
    def count(self) -> str:
        """Return how many cards there are, as far as was counted."""
        return f"{len(self.cards):,}+" if self.has_more else f"{len(self.cards):,}"


def present_columns(columns: dict[str, list[Card]]) -> list[Column]:
    """Return the columns of the board in the order of work."""
    return [
        Column(
            status=status,
            label=RequestStatus(status).label,
            owner=waiting_for(status),
            cards=cards[:CARDS],
            has_more=len(cards) > CARDS,
        )
        for status, cards in columns.items()
    ]


def present_rows(cards: list[Card]) -> list[tuple[Card, str, str]]:
    """Return each request with its state and who acts next, in words."""
    return [(card, RequestStatus(card.status).label, waiting_for(card.status)) for card in cards]


def version_of(cards: Iterable[Card], today: date, more: Iterable[str]) -> str:
    """Return what tells these requests, as shown today, from any others, and names nobody.

    Days left are counted from today, so the list is another one each day; `more` names what is cut.
    """
    said = repr((today, list(more), list(cards)))
    return f'"{salted_hmac("release.board", said, algorithm="sha256").hexdigest()[:32]}"'


def waiting_for(status: str) -> str:
    """Say who acts next on a request in `status`."""
    owner = transitions.owner_of(status)
    if owner == Owner.NOBODY:
        return "Nobody waits"
    return f"Waiting for {Owner(owner).label[0].lower()}{Owner(owner).label[1:]}"


def present_chips(query: QueryDict, filters: Filters) -> list[dict[str, str]]:
    """Return the filters as removable words, each with the address without it."""
    chips = [
        {
            "label": "",
            "value": RequestStatus(status).label.lower(),
            "url": without(query, "status", status),
        }
        for status in filters.statuses
    ]
    if filters.is_mine:
        chips.append({"label": "", "value": "assigned to me", "url": without(query, "mine")})
    if filters.due:
        chips.append({"label": "", "value": DUE_LABELS[filters.due], "url": without(query, "due")})
    if filters.kind:
        value = RequestKind(filters.kind).label.lower()
        chips.append({"label": "kind", "value": value, "url": without(query, "kind")})
    if filters.preparer:
        value = _name_preparer(filters.preparer)
        chips.append({"label": "preparer", "value": value, "url": without(query, "preparer")})
    return chips


def describe(filters: Filters) -> list[tuple[str, str]]:
    """Return what narrows the list, in words, for a paper that stands without its page."""
    chips = present_chips(QueryDict(""), filters)
    states = [] if filters.statuses else [("State", "all not yet closed")]
    return states + [(chip["label"].capitalize() or "Only", chip["value"]) for chip in chips]


def _name_preparer(asked: str) -> str:
    if asked == NOBODY:
        return "nobody yet"
    return users.map_names({int(asked)}).get(int(asked), "unknown")


def without(query: QueryDict, name: str, value: str = "") -> str:
    """Return the address of this page without one filter; paging starts anew."""
    kept = [
        (key, one)
        for key, values in query.lists()
        for one in values
        if key != "after" and not (key == name and value in ("", one))
    ]
    return f"?{urlencode(kept)}"


def choices(filters: Filters) -> dict[str, Any]:
    """Return what the filter form offers."""
    return {
        "statuses": [(str(one), one.label, one in filters.statuses) for one in STATES],
        "kinds": [(one.value, one.label, one == filters.kind) for one in RequestKind],
        "dues": [
            (key, label.capitalize(), key == filters.due) for key, label in DUE_LABELS.items()
        ],
    }
