"""Destruction batches: proposed, approved by two others, executed item by item."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from records.retention.enums import (
    ApprovalStep,
    BatchStatus,
    DestructionMethod,
    ItemOutcome,
    RecordSeries,
)

APPROVED_ONCE = (
    BatchStatus.FIRST_APPROVED,
    BatchStatus.APPROVED,
    BatchStatus.EXECUTING,
    BatchStatus.DONE,
)
APPROVED_TWICE = (BatchStatus.APPROVED, BatchStatus.EXECUTING, BatchStatus.DONE)
STARTED = (BatchStatus.EXECUTING, BatchStatus.DONE)
CLOSED = (BatchStatus.DONE, BatchStatus.CANCELLED)
NOT_APPROVED = (BatchStatus.PROPOSED, BatchStatus.RETURNED)


class Batch(models.Model):
    """Charts to be destroyed together, frozen by the digest that both approvers signed."""

    number = models.CharField(max_length=16, unique=True)
    token = models.UUIDField(
        default=uuid.uuid4, unique=True, help_text="Makes a doubled proposal the same one"
    )
    status = models.CharField(max_length=14, choices=BatchStatus, default=BatchStatus.PROPOSED)
    round = models.PositiveSmallIntegerField(
        default=1, help_text="Raised each time it is proposed again"
    )
    series = models.CharField(
        max_length=20, choices=RecordSeries, default=RecordSeries.HEALTH_RECORD
    )
    method = models.CharField(
        max_length=20, choices=DestructionMethod, default=DestructionMethod.CRYPTOGRAPHIC_ERASE
    )
    location = models.CharField(max_length=120)
    note = models.CharField(max_length=500, blank=True, default="")
    digest = models.CharField(max_length=64, blank=True, default="")
    item_count = models.PositiveIntegerField(default=0)
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    first_approved_at = models.DateTimeField(null=True, blank=True)
    first_approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    second_approved_at = models.DateTimeField(null=True, blank=True)
    second_approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    not_before = models.DateField(
        null=True, blank=True, help_text="First day on which it may be carried out"
    )
    started_at = models.DateTimeField(null=True, blank=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        verbose_name_plural = "batches"
        permissions = [
            ("view_retention", "Can see schedules, due charts and batches"),
            ("propose_batch", "Can propose destruction"),
            ("approve_first", "Can give the first approval of destruction"),
            ("approve_second", "Can give the second approval of destruction and start it"),
            ("export_list", "Can take lists of charts and holds out as files"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=BatchStatus.values), name="retention_batch_status_is_known"
            ),
            models.CheckConstraint(
                condition=Q(series__in=RecordSeries.values), name="retention_batch_series_is_known"
            ),
            models.CheckConstraint(
                condition=Q(method__in=DestructionMethod.values),
                name="retention_batch_method_is_known",
            ),
            models.CheckConstraint(
                condition=Q(first_approved_by__isnull=True)
                | ~Q(first_approved_by=F("proposed_by")),
                name="retention_batch_first_approver_did_not_propose",
            ),
            models.CheckConstraint(
                condition=Q(second_approved_by__isnull=True)
                | (
                    ~Q(second_approved_by=F("proposed_by"))
                    & ~Q(second_approved_by=F("first_approved_by"))
                ),
                name="retention_batch_second_approver_is_a_third_person",
            ),
            models.CheckConstraint(
                condition=Q(first_approved_at__isnull=True, first_approved_by__isnull=True)
                | Q(first_approved_at__isnull=False, first_approved_by__isnull=False),
                name="retention_batch_first_approved_at_and_by_together",
            ),
            models.CheckConstraint(
                condition=Q(
                    second_approved_at__isnull=True,
                    second_approved_by__isnull=True,
                    not_before__isnull=True,
                )
                | Q(
                    second_approved_at__isnull=False,
                    second_approved_by__isnull=False,
                    not_before__isnull=False,
                    first_approved_at__isnull=False,
                ),
                name="retention_batch_second_approved_after_first",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=APPROVED_ONCE) | Q(first_approved_at__isnull=False),
                name="retention_batch_approved_once_has_first_approver",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=APPROVED_TWICE) | Q(second_approved_at__isnull=False),
                name="retention_batch_approved_has_second_approver",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=NOT_APPROVED) | Q(first_approved_at__isnull=True),
                name="retention_batch_proposed_has_no_approver",
            ),
            models.CheckConstraint(
                condition=Q(status__in=STARTED, started_at__isnull=False, started_by__isnull=False)
                | (~Q(status__in=STARTED) & Q(started_at__isnull=True, started_by__isnull=True)),
                name="retention_batch_started_at_and_by_when_started",
            ),
            models.CheckConstraint(
                condition=Q(status__in=CLOSED, closed_at__isnull=False)
                | (~Q(status__in=CLOSED) & Q(closed_at__isnull=True)),
                name="retention_batch_closed_when_closed_at",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "-proposed_at", "-id"], name="retention_batch_by_status")
        ]

    def __str__(self) -> str:
        return self.number


class BatchItem(models.Model):
    """One chart of a batch: what was approved about it, and how it ended."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="items")
    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey("access.CustodyUnit", on_delete=models.PROTECT, related_name="+")
    eligible_on = models.DateField()
    governing_code = models.CharField(max_length=60)
    governing_cite = models.CharField(max_length=200)
    governing_on = models.DateField(help_text="The date that the governing rule gave")
    first_service_on = models.DateField(null=True, blank=True)
    last_service_on = models.DateField(null=True, blank=True)
    document_count = models.PositiveIntegerField()
    version_count = models.PositiveIntegerField()
    page_count = models.PositiveIntegerField()
    newest_version_id = models.BigIntegerField(default=0)
    outcome = models.CharField(max_length=10, choices=ItemOutcome, default=ItemOutcome.WAITING)
    outcome_reason = models.CharField(max_length=40, blank=True, default="")
    held_by = models.ForeignKey(
        "retention.Hold", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    bytes_removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint("batch", "patient", name="retention_batchitem_once_in_a_batch"),
            models.UniqueConstraint(
                "patient",
                condition=Q(outcome=ItemOutcome.WAITING),
                name="retention_batchitem_one_open_batch_for_each_patient",
            ),
            models.UniqueConstraint(
                "patient",
                condition=Q(outcome=ItemOutcome.DESTROYED),
                name="retention_batchitem_destroyed_once",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=ItemOutcome.values),
                name="retention_batchitem_outcome_is_known",
            ),
            models.CheckConstraint(
                condition=Q(outcome=ItemOutcome.WAITING, decided_at__isnull=True)
                | (~Q(outcome=ItemOutcome.WAITING) & Q(decided_at__isnull=False)),
                name="retention_batchitem_decided_when_decided_at",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=[ItemOutcome.WAITING, ItemOutcome.DESTROYED])
                | ~Q(outcome_reason=""),
                name="retention_batchitem_left_out_says_why",
            ),
            models.CheckConstraint(
                condition=Q(bytes_removed_at__isnull=True) | Q(outcome=ItemOutcome.DESTROYED),
                name="retention_batchitem_bytes_removed_when_destroyed",
            ),
            models.CheckConstraint(
                condition=Q(eligible_on__gt=F("governing_on")),
                name="retention_batchitem_eligible_after_governing_date",
            ),
        ]
        indexes = [
            models.Index(fields=["batch", "id"], name="retention_batchitem_in_order"),
            models.Index(
                fields=["batch", "id"],
                condition=Q(outcome=ItemOutcome.WAITING),
                name="retention_batchitem_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"item {self.pk} of batch {self.batch_id}"


class BatchApproval(models.Model):
    """Who approved which frozen content of a batch, when; insert only."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="approvals")
    round = models.PositiveSmallIntegerField()
    step = models.CharField(max_length=6, choices=ApprovalStep)
    digest = models.CharField(max_length=64)
    approved_at = models.DateTimeField()
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                "batch", "round", "step", name="retention_batchapproval_one_for_each_step"
            ),
            models.UniqueConstraint(
                "batch",
                "round",
                "approved_by",
                name="retention_batchapproval_two_people",
            ),
            models.CheckConstraint(
                condition=Q(step__in=ApprovalStep.values),
                name="retention_batchapproval_step_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"approval {self.pk}"


class BatchStatusChange(models.Model):
    """One step in the life of a batch; insert only."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="status_changes")
    from_status = models.CharField(max_length=14, choices=BatchStatus, blank=True, default="")
    to_status = models.CharField(max_length=14, choices=BatchStatus)
    reason = models.CharField(max_length=500, blank=True, default="")
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(from_status__in=["", *BatchStatus.values])
                & Q(to_status__in=BatchStatus.values),
                name="retention_statuschange_statuses_are_known",
            )
        ]
        indexes = [models.Index(fields=["batch", "id"], name="retention_statuschange_order")]

    def __str__(self) -> str:
        return f"status change {self.pk}"
