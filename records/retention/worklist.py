"""Work of this room on the home page: batches, holds to ask about, rows and charts to judge."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from records.access.selectors import scopes
from records.access.worklists import WorkItem, WorkSource, register
from records.retention.enums import BatchStatus
from records.retention.permissions import CHANGE_SCHEDULE, PLACE_HOLD, VIEW_RETENTION
from records.retention.selectors import batches, due, holds, schedule

MOST = 100
NEXT = {
    BatchStatus.PROPOSED: ("It waits for a first approval", "Judge destruction {}"),
    BatchStatus.FIRST_APPROVED: ("It waits for a second approval", "Judge destruction {}"),
    BatchStatus.APPROVED: ("It is approved by two people", "Carry out destruction {}"),
    BatchStatus.RETURNED: ("It was returned to you", "Mend destruction {}"),
}


def _count_batches(user: User) -> int:
    return len(batches.list_waiting_for(user, MOST))


def _oldest_batches(user: User, most: int) -> list[WorkItem]:
    return [
        WorkItem(
            why=NEXT[BatchStatus(batch.status)][0],
            what=NEXT[BatchStatus(batch.status)][1].format(batch.number),
            url=reverse("retention:batch_detail", kwargs={"batch_id": batch.pk}),
            since=batch.second_approved_at or batch.first_approved_at or batch.proposed_at,
        )
        for batch in batches.list_waiting_for(user, most)
    ]


def _count_holds(user: User) -> int:
    return holds.count_to_remind(timezone.localdate(), MOST)


def _oldest_holds(user: User, most: int) -> list[WorkItem]:
    return [
        WorkItem(
            why="Its date to be asked about has come",
            what=f"Ask whether the hold “{hold.name}” still stands",
            url=reverse("retention:hold_detail", kwargs={"hold_id": hold.pk}),
            since=hold.placed_at,
            due_on=hold.remind_on,
        )
        for hold in holds.list_to_remind(timezone.localdate(), most)
    ]


def _count_rows(user: User) -> int:
    return min(1, schedule.count_doubtful(timezone.localdate()))


def _oldest_rows(user: User, most: int) -> list[WorkItem]:
    rows = schedule.count_doubtful(timezone.localdate())
    if not rows:
        return []
    return [
        WorkItem(
            why="They must be read in the source before they are relied upon",
            what=f"Confirm {rows} {'row' if rows == 1 else 'rows'} of the schedule",
            url=reverse("retention:rule_list"),
            since=None,
        )
    ]


def _list_due(user: User, most: int) -> list[int]:
    """Return the charts that may be proposed today."""
    wanted = due.Wanted(until=timezone.localdate())
    return due.list_for_batch(scopes.list_scope(user), wanted, most=most)


def _count_due(user: User) -> int:
    return len(_list_due(user, 1))


def _oldest_due(user: User, most: int) -> list[WorkItem]:
    charts = len(_list_due(user, due.MOST))
    if not charts:
        return []
    number = f"{charts} or more" if charts == due.MOST else str(charts)
    return [
        WorkItem(
            why="No hold and no batch keeps them",
            what=f"See to {number} {'chart' if charts == 1 else 'charts'} past their term",
            url=f"{reverse('retention:home')}?{urlencode({'standing': due.FREE})}",
            since=None,
        )
    ]


def register_all() -> None:
    """Show each queue to those whose roles carry it; the schedule and its charts in one line."""
    register(
        WorkSource("Schedule", CHANGE_SCHEDULE, "retention:rule_list", _count_rows, _oldest_rows)
    )
    register(WorkSource("Retention", CHANGE_SCHEDULE, "retention:home", _count_due, _oldest_due))
    register(
        WorkSource(
            "Destruction", VIEW_RETENTION, "retention:batch_list", _count_batches, _oldest_batches
        )
    )
    register(WorkSource("Holds", PLACE_HOLD, "retention:hold_list", _count_holds, _oldest_holds))
