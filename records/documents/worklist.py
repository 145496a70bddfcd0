"""What of this room waits on the home page."""

from __future__ import annotations

import json

from django.urls import reverse

from accounts.models import User
from audit.enums import Action, Outcome
from audit.permissions import VIEW_EVENT
from audit.selectors import events as log
from audit.selectors.events import Criteria, EventRow
from records.access import worklists
from records.access.worklists import Load, TeamQueue, TeamSource, WorkItem, WorkSource
from records.documents.models import UnfiledFile
from records.documents.permissions import FILE_DOCUMENT, VOID_DOCUMENT
from records.documents.selectors import unfiled

MOST_COUNTED = 100
MOST_COUNTED_FOR_TEAM = 2000
# Two months of nightly checks.
MOST_CHECKS = 60
NAME = "Unfiled files"
VAULT = "Vault"


def _count(user: User) -> int:
    return unfiled.count_waiting(user, most=MOST_COUNTED)


def _oldest(user: User, many: int) -> list[WorkItem]:
    return [
        WorkItem(
            why=_why(row),
            what=f"File {row.file_name}",
            url=reverse("documents:unfiled_file", args=[row.pk]),
            since=row.received_at,
            may_name_patient=True,
        )
        for row in unfiled.list_waiting(user)[:many]
    ]


def _why(row: UnfiledFile) -> str:
    pages = f"{row.page_count} page{'' if row.page_count == 1 else 's'}"
    who = row.received_by.display_name
    return f"{row.get_kind_display()} of {pages}, waits in {row.unit.name}, received by {who}"


def _list_queues(user: User) -> list[TeamQueue]:
    """Return the one queue of the desk: nobody holds a file, and no day is set for it."""
    url = reverse("documents:unfiled_list")
    number = unfiled.count_waiting(user, most=MOST_COUNTED_FOR_TEAM)
    loads = (Load("", number, 0, url),) if number else ()
    return [TeamQueue(NAME, url, loads, is_cut=number == MOST_COUNTED_FOR_TEAM)]


def _damage() -> EventRow | None:
    """Return the newest check that found damage and was not followed by a whole one without."""
    criteria = Criteria(action=Action.VAULT_VERIFIED)
    for event in log.list_events(criteria, most=MOST_CHECKS).events:
        found = json.loads(event.detail)
        if found.get("damaged") or found.get("missing"):
            return event
        if event.outcome == Outcome.SUCCESS and found.get("sample") is None:
            return None
    return None


def _count_damage(user: User) -> int:
    return 1 if _damage() else 0


def _list_damage(user: User, many: int) -> list[WorkItem]:
    event = _damage()
    if event is None:
        return []
    return [
        WorkItem(
            why="A check found stored documents damaged or missing",
            what="See which, and have them restored from a backup",
            url=reverse("audit:event_detail", args=[event.id]),
            since=event.occurred_at,
        )
    ]


def register() -> None:
    """Show files that wait to be filed, in all to those who mend what was filed wrongly.

    Who reviews the access log is told of damage in the vault.
    """
    damage = WorkSource(VAULT, VIEW_EVENT, "audit:event_list", _count_damage, _list_damage)
    worklists.register(damage)
    worklists.register(WorkSource(NAME, FILE_DOCUMENT, "documents:unfiled_list", _count, _oldest))
    worklists.register_team(TeamSource(NAME, VOID_DOCUMENT, _list_queues))
