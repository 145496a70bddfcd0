"""The queues of the release desk by who holds them, for the home of a supervisor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from records.access import worklists
from records.access.worklists import Load, TeamQueue, TeamSource
from requests_release.enums import RequestStatus
from requests_release.permissions import APPROVE_REQUEST
from requests_release.selectors import boards
from requests_release.selectors.boards import Held

S = RequestStatus
# As the queues of each person on the home page, in the order of work.
QUEUES: tuple[tuple[str, tuple[RequestStatus, ...]], ...] = (
    ("Release: to take up", (S.LOGGED,)),
    ("Release: to prepare", (S.IN_PREPARATION, S.RETURNED)),
    ("Release: to approve", (S.SUBMITTED,)),
    ("Release: to deliver", (S.READY,)),
    ("Release: to close", (S.DELIVERED, S.DENIED, S.NO_RECORDS)),
)


def list_queues(user: User) -> list[TeamQueue]:
    """Return the queues of the requests that `user` may see, counted in one query."""
    statuses = [str(status) for _, wanted in QUEUES for status in wanted]
    held = boards.count_held(user, statuses, today=timezone.localdate())
    is_cut = sum(one.count for one in held) >= boards.MOST_COUNTED
    return [
        TeamQueue(name, _url(wanted), _loads(held, wanted), is_cut=is_cut)
        for name, wanted in QUEUES
    ]


def _loads(held: Sequence[Held], wanted: Sequence[RequestStatus]) -> tuple[Load, ...]:
    """Return the load of each preparer, the latest and largest first."""
    of_people: dict[tuple[int | None, str], list[Held]] = {}
    for one in held:
        if one.status in wanted:
            of_people.setdefault((one.preparer_id, one.preparer), []).append(one)
    loads = [
        Load(
            who=name,
            waiting=sum(one.count for one in rows),
            late=sum(one.late for one in rows),
            url=_url(wanted, preparer=person_id or boards.NOBODY),
            late_url=_url(wanted, preparer=person_id or boards.NOBODY, due="late"),
        )
        for (person_id, name), rows in of_people.items()
    ]
    return tuple(sorted(loads, key=lambda load: (-load.late, -load.waiting, load.who)))


def _url(statuses: Sequence[RequestStatus], **more: Any) -> str:
    query = [("view", "list"), *(("status", str(one)) for one in statuses), *more.items()]
    return f"{reverse('requests_release:request_board')}?{urlencode(query)}"


def register() -> None:
    """Show how the queues lie to those who assign and approve requests."""
    worklists.register_team(TeamSource("Release", APPROVE_REQUEST, list_queues))
