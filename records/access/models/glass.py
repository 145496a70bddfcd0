"""Emergency access: the glass broken, for a time, with a reason, told, and reviewed every time."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length

from records.access.enums import ReviewOutcome
from records.access.models.charts import Chart

models.CharField.register_lookup(Length)
models.TextField.register_lookup(Length)
REASON_MIN_LENGTH = 15


class BrokenGlass(models.Model):
    """One emergency access of one person to one chart."""

    chart = models.ForeignKey(Chart, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)
    started_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    review_outcome = models.CharField(max_length=12, choices=ReviewOutcome, blank=True, default="")
    review_note = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        default_permissions = ()
        permissions = [
            ("break_glass", "Can open a chart in an emergency"),
            ("view_broken_glass", "Can see emergency access to the charts of own units"),
            ("review_broken_glass", "Can review emergency access"),
        ]
        constraints = [
            models.UniqueConstraint(
                "user",
                "chart",
                condition=Q(closed_at__isnull=True),
                name="access_brokenglass_one_open_for_each_person_and_chart",
            ),
            models.CheckConstraint(
                condition=Q(reason__length__gte=REASON_MIN_LENGTH),
                name="access_brokenglass_reason_says_something",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("started_at")),
                name="access_brokenglass_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(closed_at__gte=F("started_at")),
                name="access_brokenglass_closes_after_start",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_at__isnull=True, reviewed_by__isnull=True, review_outcome="")
                | Q(
                    reviewed_at__isnull=False,
                    reviewed_by__isnull=False,
                    review_outcome__in=ReviewOutcome.values,
                ),
                name="access_brokenglass_reviewed_at_by_and_outcome_together",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by__isnull=True) | ~Q(reviewed_by=F("user")),
                name="access_brokenglass_reviewer_is_another_person",
            ),
        ]
        indexes = [
            models.Index(
                fields=["started_at"],
                condition=Q(reviewed_at__isnull=True),
                name="access_brokenglass_unreviewed",
            )
        ]

    def __str__(self) -> str:
        return f"emergency access {self.pk}"

    def is_open_at(self, moment: datetime) -> bool:
        """Return whether the chart is still open by this access."""
        return self.closed_at is None and self.ends_at > moment

    @property
    def review_due_at(self) -> datetime:
        """When an unreviewed access begins to block the person's next one."""
        return self.started_at + timedelta(hours=settings.BREAK_GLASS_REVIEW_HOURS)


class GlassNotice(models.Model):
    """That one person was told of an emergency access, and when they looked at it."""

    glass = models.ForeignKey(BrokenGlass, on_delete=models.PROTECT, related_name="notices")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    told_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint("glass", "user", name="access_glassnotice_once_a_person"),
            models.CheckConstraint(
                condition=Q(seen_at__isnull=True) | Q(seen_at__gte=F("told_at")),
                name="access_glassnotice_seen_after_told",
            ),
        ]
        indexes = [
            models.Index(
                fields=["user"],
                condition=Q(seen_at__isnull=True),
                name="access_glassnotice_unseen",
            )
        ]

    def __str__(self) -> str:
        return f"notice {self.pk}"
