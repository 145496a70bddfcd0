"""What of this room waits on the home page."""

from __future__ import annotations

from django.urls import reverse

from accounts.models import User
from records.access import worklists
from records.access.worklists import Load, TeamQueue, TeamSource, WorkItem, WorkSource
from records.documents.models import UnfiledFile
from records.documents.permissions import FILE_DOCUMENT, VOID_DOCUMENT
from records.documents.selectors import unfiled

MOST_COUNTED = 100
MOST_COUNTED_FOR_TEAM = 2000
NAME = "Unfiled files"


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


def register() -> None:
    """Show files that wait to be filed, in all to those who mend what was filed wrongly."""
    worklists.register(WorkSource(NAME, FILE_DOCUMENT, "documents:unfiled_list", _count, _oldest))
    worklists.register_team(TeamSource(NAME, VOID_DOCUMENT, _list_queues))
