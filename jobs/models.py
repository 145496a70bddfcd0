"""Background work: the row is the truth, the queue only wakes a worker."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from jobs.enums import OPEN_STATES, JobState


class Job(models.Model):
    """One piece of work on one subject, done step by step under a lease."""

    kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(max_length=10, choices=JobState, default=JobState.PENDING)
    step = models.CharField(max_length=40, blank=True, default="")
    done_count = models.PositiveIntegerField(default=0)
    total_count = models.PositiveIntegerField(default=0)
    attempt = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField(default=5)
    lease_token = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField()
    error_code = models.CharField(max_length=80, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                "kind",
                "subject_id",
                condition=Q(state__in=OPEN_STATES),
                name="jobs_job_one_open_for_each_subject",
            ),
            models.CheckConstraint(
                condition=Q(state__in=JobState.values), name="jobs_job_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=OPEN_STATES, closed_at__isnull=True)
                | (~Q(state__in=OPEN_STATES) & Q(closed_at__isnull=False)),
                name="jobs_job_closed_when_closed_at",
            ),
            models.CheckConstraint(
                condition=Q(lease_token__isnull=True, lease_until__isnull=True)
                | Q(lease_token__isnull=False, lease_until__isnull=False),
                name="jobs_job_lease_token_and_until_together",
            ),
            models.CheckConstraint(
                condition=Q(attempt__lte=F("max_attempts")), name="jobs_job_attempts_are_capped"
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(state__in=OPEN_STATES), name="jobs_job_open_by_due"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id} {self.state}"
