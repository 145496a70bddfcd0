"""Work of those who keep the house itself: people and units left without what they need."""

from __future__ import annotations

from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import User
from accounts.permissions import MANAGE_USERS
from accounts.selectors import users
from audit.selectors.seals import get_trail_state
from records.access import worklists
from records.access.permissions import MANAGE_UNITS
from records.access.selectors import holders
from records.access.worklists import WorkItem, WorkSource

VIEW_EVENT = "audit.view_event"
MOST = 100
TRAIL_AGE_SECONDS = 10


def _without_role() -> QuerySet[User]:
    return users.list_users(is_active=True).filter(groups=None).order_by("created_at", "pk")


def _count_people(user: User) -> int:
    return _without_role()[:MOST].count()


def _oldest_people(user: User, most: int) -> list[WorkItem]:
    return [
        WorkItem(
            why="May sign in, and then do nothing",
            what=f"Give {one.display_name} a role, or close the sign-in",
            url=reverse("accounts:user_change", args=[one.pk]),
            since=one.created_at,
        )
        for one in _without_role()[:most]
    ]


def _count_units(user: User) -> int:
    return len(holders.list_unstaffed(MOST))


def _oldest_units(user: User, most: int) -> list[WorkItem]:
    return [
        WorkItem(
            why="Nobody may open its charts, neither by role nor by name",
            what=f"Grant rights on the unit {unit.name}",
            url=reverse("access:unit_detail", args=[unit.pk]),
            since=None,
        )
        for unit in holders.list_unstaffed(most)
    ]


def _count_alarms(user: User) -> int:
    return 0 if get_trail_state(max_age=TRAIL_AGE_SECONDS).is_sound else 1


def _oldest_alarms(user: User, most: int) -> list[WorkItem]:
    state = get_trail_state(max_age=TRAIL_AGE_SECONDS)
    if state.is_sound:
        return []
    if not state.is_as_sealed:
        return [
            WorkItem(
                why="A verification found rows or seals that are not as they were sealed",
                what="See what was found in the access log",
                url=reverse("audit:seal_list"),
                since=None,
            )
        ]
    return [
        WorkItem(
            why="The access log is not sealed as it should be",
            what="See what holds its seals up",
            url=reverse("audit:seal_list"),
            since=state.unsealed_since or state.read_at,
        )
    ]


def register() -> None:
    """Show administrators what lacks an owner, and compliance a trail that raises its alarm."""
    for source in (
        WorkSource(
            "People without a role",
            MANAGE_USERS,
            "accounts:user_list",
            _count_people,
            _oldest_people,
        ),
        WorkSource(
            "Units nobody opens", MANAGE_UNITS, "access:unit_list", _count_units, _oldest_units
        ),
        WorkSource("Access log", VIEW_EVENT, "audit:seal_list", _count_alarms, _oldest_alarms),
    ):
        worklists.register(source)
