"""What of this room waits on the home page."""

from __future__ import annotations

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from records.access import worklists
from records.access.models import BrokenGlass
from records.access.permissions import REVIEW_BROKEN_GLASS, VIEW_BROKEN_GLASS
from records.access.presenters import glass as presenter
from records.access.selectors import glass
from records.access.worklists import WorkItem, WorkSource

MOST = 100


def _waiting(user: User) -> QuerySet[BrokenGlass]:
    return glass.seen_by(user, glass.list_unreviewed())


def _count(user: User) -> int:
    return _waiting(user)[:MOST].count()


def _oldest(user: User, many: int) -> list[WorkItem]:
    can_review = user.has_perm(REVIEW_BROKEN_GLASS)
    rows = presenter.present(list(_waiting(user)[:many]))
    return [_item(row, can_review) for row in rows]


def _item(row: presenter.GlassRow, can_review: bool) -> WorkItem:
    """Return the line for compliance, who reviews, or for a supervisor, who is told."""
    did = f"{row.glass.user.display_name} opened {row.patient}"
    if not can_review:
        return WorkItem(
            why="Emergency access to a chart of your unit",
            what=did,
            url=reverse("access:glass_list"),
            since=row.glass.started_at,
            patient_id=row.glass.chart_id,
        )
    return WorkItem(
        why="Every emergency access is reviewed",
        what=f"Review: {did}",
        url=reverse("access:glass_review", args=[row.glass.pk]),
        since=row.glass.started_at,
        due_on=timezone.localdate(row.glass.review_due_at),
        patient_id=row.glass.chart_id,
    )


def register() -> None:
    """Tell compliance and the unit's supervisors at once of every emergency access."""
    worklists.register(
        WorkSource("Emergency access", VIEW_BROKEN_GLASS, "access:glass_list", _count, _oldest)
    )
