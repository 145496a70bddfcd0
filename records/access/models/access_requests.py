"""Access requests: a person who has no ground asks those who may give rights on the chart."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length

from records.access.enums import AccessRequestStatus
from records.access.models.charts import Chart
from records.access.models.glass import REASON_MIN_LENGTH
from records.access.models.units import CustodyUnit
from records.access.rules import purposes
from records.access.rules.transitions import DECIDED

models.CharField.register_lookup(Length)
USUAL_DAYS = 7
MOST_DAYS = 30
# The last day counts whole, and may be longer by an hour where the clocks change.
LONGEST = timedelta(days=MOST_DAYS + 1, hours=1)


class AccessRequest(models.Model):
    """One person's request for access to one chart: for which task, why, and until when."""

    chart = models.ForeignKey(Chart, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(CustodyUnit, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    purpose = models.CharField(
        max_length=20, choices=[(one.value, one.label) for one in purposes.ASKED_FOR]
    )
    reason = models.CharField(max_length=200)
    expires_at = models.DateTimeField(help_text="End of the right that is asked for")
    asked_at = models.DateTimeField()
    status = models.CharField(
        max_length=10, choices=AccessRequestStatus, default=AccessRequestStatus.ASKED
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    comment = models.CharField(max_length=500, blank=True, default="")
    seen_at = models.DateTimeField(
        null=True, blank=True, help_text="When who asked looked at how it ended"
    )

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                "asked_by",
                "chart",
                condition=Q(status=AccessRequestStatus.ASKED),
                name="access_accessrequest_one_open_for_each_person_and_chart",
            ),
            models.CheckConstraint(
                condition=Q(status__in=AccessRequestStatus.values),
                name="access_accessrequest_status_is_known",
            ),
            models.CheckConstraint(
                condition=Q(purpose__in=[one.value for one in purposes.ASKED_FOR]),
                name="access_accessrequest_purpose_is_known",
            ),
            models.CheckConstraint(
                condition=Q(reason__length__gte=REASON_MIN_LENGTH),
                name="access_accessrequest_reason_says_something",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("asked_at"))
                & Q(expires_at__lte=F("asked_at") + LONGEST),
                name="access_accessrequest_expires_in_time",
            ),
            models.CheckConstraint(
                condition=Q(status__in=DECIDED, decided_at__isnull=False, decided_by__isnull=False)
                | (
                    ~Q(status__in=DECIDED)
                    & Q(decided_at__isnull=True, decided_by__isnull=True, comment="")
                ),
                name="access_accessrequest_decided_at_and_by_when_decided",
            ),
            models.CheckConstraint(
                condition=~Q(status=AccessRequestStatus.DECLINED) | ~Q(comment=""),
                name="access_accessrequest_declined_says_why",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="access_accessrequest_decided_by_another_person",
            ),
            models.CheckConstraint(
                condition=Q(seen_at__isnull=True) | ~Q(status=AccessRequestStatus.ASKED),
                name="access_accessrequest_seen_when_closed",
            ),
        ]
        indexes = [
            models.Index(
                fields=["unit", "asked_at", "id"],
                condition=Q(status=AccessRequestStatus.ASKED),
                name="access_accessrequest_open",
            ),
            models.Index(
                fields=["expires_at"],
                condition=Q(status=AccessRequestStatus.ASKED),
                name="access_accessrequest_over",
            ),
            models.Index(fields=["asked_by", "-id"], name="access_accessrequest_own"),
        ]

    def __str__(self) -> str:
        return f"access request {self.pk}"


class AccessRequestStatusChange(models.Model):
    """One step in the life of an access request; insert only."""

    access_request = models.ForeignKey(
        AccessRequest, on_delete=models.PROTECT, related_name="status_changes"
    )
    from_status = models.CharField(
        max_length=10, choices=AccessRequestStatus, blank=True, default=""
    )
    to_status = models.CharField(max_length=10, choices=AccessRequestStatus)
    reason = models.CharField(max_length=500, blank=True, default="")
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(from_status__in=["", *AccessRequestStatus.values])
                & Q(to_status__in=AccessRequestStatus.values),
                name="access_accessrequest_steps_are_known",
            )
        ]
        indexes = [models.Index(fields=["access_request", "id"], name="access_accessrequest_steps")]

    def __str__(self) -> str:
        return f"status change {self.pk}"
