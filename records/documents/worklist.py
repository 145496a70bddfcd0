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
            why=f"Waits in {row.unit.name}, received by {row.received_by.display_name}",
            what=_what(row),
            url=reverse("documents:unfiled_file", args=[row.pk]),
            since=row.received_at,
        )
        for row in unfiled.list_waiting(user)[:many]
    ]


def _what(row: UnfiledFile) -> str:
    """Say what to do without the file's name, which may name a patient."""
    pages = f"{row.page_count} page{'' if row.page_count == 1 else 's'}"
    return f"File a {row.get_kind_display()} of {pages}"


def register() -> None:
    """Show files that wait to be filed."""
    worklists.register(
        WorkSource("Unfiled files", FILE_DOCUMENT, "documents:unfiled_list", _count, _oldest)
    )
