"""Release work for the home page: to prepare, to approve, to deliver, to close."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from django.urls import reverse

from accounts.models import User
from records.access import worklists
from records.access.worklists import WorkItem, WorkSource
from requests_release.enums import RequestStatus
from requests_release.permissions import APPROVE_REQUEST, DELIVER_RELEASE, PREPARE_REQUEST
from requests_release.selectors import boards
from requests_release.selectors.boards import Card

S = RequestStatus
MOST_COUNTED = 100


def _source(
    name: str,
    permission: str,
    statuses: Sequence[str],
    what: str,
    *,
    is_mine: bool = False,
    is_of_others: bool = False,
) -> WorkSource:
    waiting = partial(
        boards.list_waiting, statuses=statuses, is_mine=is_mine, is_of_others=is_of_others
    )

    def count(user: User) -> int:
        return len(waiting(user, limit=MOST_COUNTED))

    def oldest(user: User, limit: int) -> list[WorkItem]:
        return [_item(card, what, user) for card in waiting(user, limit=limit)]

    return WorkSource(name, permission, "requests_release:request_board", count, oldest)


def _item(card: Card, what: str, user: User) -> WorkItem:
    why = f"{card.number}, asked by {card.requester}: {S(card.status).label.lower()}"
    return WorkItem(
        why=f"{why}. {card.held.say(user.pk)}" if card.held else why,
        what=f"{what}: {card.patient_name}",
        url=reverse("requests_release:request_detail", kwargs={"request_id": card.request_id}),
        since=card.status_since,
        due_on=None if card.is_answered else card.due_on,
        patient_id=card.patient_id,
    )


SOURCES: tuple[Callable[[], WorkSource], ...] = (
    lambda: _source("Release: to take up", PREPARE_REQUEST, [S.LOGGED], "Take up the request"),
    lambda: _source(
        "Release: to prepare",
        PREPARE_REQUEST,
        [S.IN_PREPARATION, S.RETURNED],
        "Prepare the request",
        is_mine=True,
    ),
    lambda: _source(
        "Release: to approve", APPROVE_REQUEST, [S.SUBMITTED], "Look and decide", is_of_others=True
    ),
    lambda: _source("Release: to deliver", DELIVER_RELEASE, [S.READY], "Deliver the copies"),
    lambda: _source(
        "Release: to close",
        PREPARE_REQUEST,
        [S.DELIVERED, S.DENIED, S.NO_RECORDS],
        "Close the request",
        is_mine=True,
    ),
)


def register_all() -> None:
    """Show the queues on the home page."""
    for make in SOURCES:
        worklists.register(make())
