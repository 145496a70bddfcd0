"""What of this room waits on the home page."""

from __future__ import annotations

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from printing.words import day
from records.access import worklists
from records.access.models import BrokenGlass
from records.access.permissions import (
    GRANT_CHART,
    OPEN_CHART,
    REVIEW_BROKEN_GLASS,
    VIEW_BROKEN_GLASS,
)
from records.access.presenters import access_requests as access_request_presenter
from records.access.presenters import glass as presenter
from records.access.selectors import access_requests, glass
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


def _count_asked(user: User) -> int:
    return access_requests.list_waiting_for(user)[:MOST].count()


def _oldest_asked(user: User, many: int) -> list[WorkItem]:
    rows = access_request_presenter.present(list(access_requests.list_waiting_for(user)[:many]))
    return [
        WorkItem(
            why=f"{row.purpose}, until {day(row.request.expires_at)}",
            what=f"Decide: {row.request.asked_by.display_name} asks for {row.patient}",
            url=reverse("access:access_request_decide", args=[row.request.pk]),
            since=row.request.asked_at,
            patient_id=row.request.chart_id,
        )
        for row in rows
    ]


def _count_own(user: User) -> int:
    return access_requests.list_pending(user)[:MOST].count()


def _oldest_own(user: User, many: int) -> list[WorkItem]:
    """Return what the person waits for, and what ended and they have not looked at."""
    rows = access_request_presenter.present(list(access_requests.list_pending(user)[:many]))
    return [
        WorkItem(
            why="Nobody has decided yet" if row.is_waiting else "You have not looked at it yet",
            what=f"{row.state}: access to {row.patient}",
            url=reverse("access:access_request_own"),
            since=row.request.decided_at or row.request.asked_at,
            patient_id=row.request.chart_id,
        )
        for row in rows
    ]


def register() -> None:
    """Show emergency accesses to compliance and supervisors, access requests to both sides."""
    worklists.register(
        WorkSource("Emergency access", VIEW_BROKEN_GLASS, "access:glass_list", _count, _oldest)
    )
    worklists.register(
        WorkSource(
            "Access asked for",
            GRANT_CHART,
            "access:access_request_list",
            _count_asked,
            _oldest_asked,
        )
    )
    worklists.register(
        WorkSource(
            "Access you asked for", OPEN_CHART, "access:access_request_own", _count_own, _oldest_own
        )
    )
