"""Work of this room on the home page: batches that wait for a person, holds to ask about."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from records.access.worklists import WorkItem, WorkSource, register
from records.retention.enums import BatchStatus
from records.retention.permissions import PLACE_HOLD, VIEW_RETENTION
from records.retention.selectors import batches, holds

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


def register_all() -> None:
    """Show both queues to those whose roles carry them."""
    register(
        WorkSource(
            "Destruction", VIEW_RETENTION, "retention:batch_list", _count_batches, _oldest_batches
        )
    )
    register(WorkSource("Holds", PLACE_HOLD, "retention:hold_list", _count_holds, _oldest_holds))
