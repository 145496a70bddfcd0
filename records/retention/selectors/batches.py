"""Destruction batches as pages and the worker read them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from accounts.models import User
from records.access.selectors.scopes import ListScope
from records.retention.enums import BatchStatus, ItemOutcome
from records.retention.errors import BatchUnknown
from records.retention.models import Batch, BatchItem, BatchStatusChange
from records.retention.permissions import APPROVE_FIRST, APPROVE_SECOND, PROPOSE_BATCH

PAGE = 50


@dataclass(frozen=True)
class ItemPage:
    """Items of a batch that the person may see, and how many stay hidden between them."""

    items: list[BatchItem]
    hidden: int
    next_key: int | None


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


def list_batches(*, status: str = "", before: int | None = None) -> list[Batch]:
    """Return a page of batches and one more, newest first, with the people on them."""
    found = _with_people(Batch.objects.all())
    if status:
        found = found.filter(status=status)
    if before:
        found = found.filter(pk__lt=before)
    return list(found.order_by("-pk")[: PAGE + 1])


def get_batch(batch_id: int) -> Batch:
    """Return a batch with the people on it.

    Raises:
        BatchUnknown: no such batch.
    """
    found = _with_people(Batch.objects.all()).filter(pk=batch_id).first()
    if found is None:
        raise BatchUnknown(subject_type="batch", subject_id=batch_id)
    return found


def list_items(scope: ListScope, batch_id: int, *, after: int = 0) -> ItemPage:
    """Return a page of a batch's items; those of charts outside the person's units only count.

    Where a chart was kept when it was proposed is frozen; who sees it goes by where it is now.
    """
    sql = f"""
        SELECT item.id, p.unit_id = ANY(%(scope_units)s::bigint[])
               OR {scope.where_single("item.patient_id")}
          FROM retention_batchitem item JOIN patients_patient p ON p.chart_id = item.patient_id
         WHERE item.batch_id = %(batch)s AND item.id > %(after)s ORDER BY item.id LIMIT %(many)s
    """
    values: dict[str, Any] = {**scope.params, "batch": batch_id, "after": after, "many": PAGE + 1}
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows = cursor.fetchall()
    shown = [key for key, is_seen in rows[:PAGE] if is_seen]
    items = list(BatchItem.objects.filter(pk__in=shown).select_related("stub").order_by("pk"))
    next_key = rows[PAGE - 1][0] if len(rows) > PAGE else None
    return ItemPage(items, len(rows[:PAGE]) - len(items), next_key)


def list_patient_ids(batch_id: int) -> set[int]:
    """Return the patients whose charts are in a batch; the caller shows only what may be seen."""
    return set(BatchItem.objects.filter(batch_id=batch_id).values_list("patient_id", flat=True))


def get_totals(batch_id: int) -> dict[str, int]:
    """Return what would be destroyed: charts, documents and pages of the items that wait."""
    items = BatchItem.objects.filter(batch_id=batch_id, outcome=ItemOutcome.WAITING)
    return items.aggregate(
        charts=Count("pk"),
        documents=Coalesce(Sum("document_count"), 0),
        pages=Coalesce(Sum("page_count"), 0),
    )


def count_outcomes(batch_id: int) -> dict[tuple[str, str], int]:
    """Return how many items of a batch have which outcome for which reason."""
    rows = BatchItem.objects.filter(batch_id=batch_id).values_list("outcome", "outcome_reason")
    counted = rows.annotate(number=Count("pk")).order_by("outcome", "outcome_reason")
    return {(outcome, reason): number for outcome, reason, number in counted}


def list_waiting(batch_id: int) -> list[BatchItem]:
    """Return the items of a batch that wait; the caller shows only what may be seen."""
    waiting = BatchItem.objects.filter(batch_id=batch_id, outcome=ItemOutcome.WAITING)
    return list(waiting.order_by("pk"))


def list_history(batch_id: int) -> list[BatchStatusChange]:
    """Return the steps of a batch, newest first."""
    rows = BatchStatusChange.objects.filter(batch_id=batch_id).select_related("changed_by")
    return list(rows.order_by("-pk"))


def list_waiting_for(user: User, most: int) -> list[Batch]:
    """Return the batches whose next approval or start this person could give, oldest first."""
    wanted = Q(pk__in=[])
    if user.has_perm(APPROVE_FIRST):
        wanted |= Q(status=BatchStatus.PROPOSED)
    if user.has_perm(APPROVE_SECOND):
        wanted |= Q(status=BatchStatus.FIRST_APPROVED) & ~Q(first_approved_by=user)
        wanted |= Q(status=BatchStatus.APPROVED)
    if user.has_perm(PROPOSE_BATCH):
        wanted |= Q(status=BatchStatus.RETURNED, proposed_by=user)
    own = Q(proposed_by=user, status__in=[BatchStatus.PROPOSED, BatchStatus.FIRST_APPROVED])
    return list(Batch.objects.filter(wanted).exclude(own).order_by("pk")[:most])


def _with_people(found: QuerySet[Batch]) -> QuerySet[Batch]:
    return found.select_related(
        "proposed_by", "first_approved_by", "second_approved_by", "started_by", "certificate"
    )


def list_unfinished() -> list[Batch]:
    """Return the batches whose execution has begun and not ended, oldest first."""
    found = Batch.objects.filter(status=BatchStatus.EXECUTING).select_related("started_by")
    return list(found.order_by("pk"))
