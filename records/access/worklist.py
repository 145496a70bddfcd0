"""What of this room waits on the home page."""

from __future__ import annotations

from django.urls import reverse

from accounts.models import User
from records.access import worklists
from records.access.permissions import REVIEW_BROKEN_GLASS
from records.access.presenters import glass as presenter
from records.access.selectors import glass
from records.access.worklists import WorkItem, WorkSource


def _count(user: User) -> int:
    return glass.list_unreviewed().exclude(user=user)[:100].count()


def _oldest(user: User, many: int) -> list[WorkItem]:
    rows = list(glass.list_unreviewed().exclude(user=user)[:many])
    return [
        WorkItem(
            why="Every emergency access is reviewed",
            what=f"Review: {row.glass.user.display_name} opened {row.patient}",
            url=reverse("access:glass_review", args=[row.glass.pk]),
            since=row.glass.started_at,
            due_on=row.glass.review_due_at.date(),
            patient_id=row.glass.chart_id,
        )
        for row in presenter.present(rows)
    ]


def register() -> None:
    """Show emergency access that waits for review."""
    worklists.register(
        WorkSource("Emergency access", REVIEW_BROKEN_GLASS, "access:glass_list", _count, _oldest)
    )
