"""Destruction batches as pages and the worker read them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, Q, QuerySet

from records.retention.enums import BatchStatus, ItemOutcome
from records.retention.models import Batch, BatchItem


@dataclass(frozen=True)
class Progress:
    """How far the execution of a batch has come."""

    total: int
    waiting: int
    destroyed: int
    with_bytes: int

    @property
    def finished(self) -> int:
        """How many charts are finished with, one way or the other."""
        return self.total - self.waiting - self.with_bytes


def get_progress(batch_id: int) -> Progress:
    """Return the counts of a batch's items, in one query."""
    is_destroyed = Q(outcome=ItemOutcome.DESTROYED)
    found = BatchItem.objects.filter(batch_id=batch_id).aggregate(
        total=Count("pk"),
        waiting=Count("pk", filter=Q(outcome=ItemOutcome.WAITING)),
        destroyed=Count("pk", filter=is_destroyed),
        with_bytes=Count("pk", filter=is_destroyed & Q(bytes_removed_at=None)),
    )
    return Progress(**found)


def list_destroyed_ids(batch_id: int) -> list[int]:
    """Return the patients whose charts the batch has destroyed, in the order of its items."""
    items = BatchItem.objects.filter(batch_id=batch_id, outcome=ItemOutcome.DESTROYED)
    return list(items.order_by("pk").values_list("patient_id", flat=True))


def list_document_ids(patient_id: int) -> list[int]:
    """Return the documents of a chart, for those who keep copies of them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM documents_document WHERE patient_id = %s ORDER BY id", [patient_id]
        )
        return [row[0] for row in cursor.fetchall()]


def list_batches(status: str = "") -> QuerySet[Batch]:
    """Return batches, newest first, with the people on them."""
    found = Batch.objects.select_related(
        "proposed_by", "first_approved_by", "second_approved_by", "started_by", "certificate"
    )
    if status:
        found = found.filter(status=status)
    return found.order_by("-pk")


def list_unfinished() -> list[Batch]:
    """Return the batches whose execution has begun and not ended, oldest first."""
    found = Batch.objects.filter(status=BatchStatus.EXECUTING).select_related("started_by")
    return list(found.order_by("pk"))
