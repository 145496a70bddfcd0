"""What of this room waits on the home page."""

from __future__ import annotations

from django.urls import reverse

from accounts.models import User
from records.access import worklists
from records.access.worklists import WorkItem, WorkSource
from records.documents.models import UnfiledFile
from records.documents.permissions import FILE_DOCUMENT
from records.documents.selectors import unfiled

MOST_COUNTED = 100


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


def register() -> None:
    """Show files that wait to be filed."""
    worklists.register(
        WorkSource("Unfiled files", FILE_DOCUMENT, "documents:unfiled_list", _count, _oldest)
    )
