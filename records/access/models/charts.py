"""Charts as objects of custody; what is in them belongs to the rooms above."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from records.access.enums import ChartStatus
from records.access.models.units import CustodyUnit


class Chart(models.Model):
    """A patient's chart, known by the number that is also the patient's key.

    Keys come from a sequence and are never used again, so no right can outlive its chart
    and come to rest on another.
    """

    unit = models.ForeignKey(CustodyUnit, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=ChartStatus, default=ChartStatus.OPEN)
    is_restricted = models.BooleanField(
        default=False, help_text="Person of public interest or of the staff: watched closely"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        permissions = [
            ("open_chart", "Can open charts on a ground"),
            ("view_chart", "Can open this chart"),
            ("grant_chart", "Can let somebody open a single chart"),
            ("move_chart", "Can move charts between own units"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=ChartStatus.values), name="access_chart_status_is_known"
            )
        ]

    def __str__(self) -> str:
        return f"chart {self.pk}"


class ChartUnit(models.Model):
    """A further unit that also keeps (a part of) a chart."""

    chart = models.ForeignKey(Chart, on_delete=models.CASCADE, related_name="extra_units")
    unit = models.ForeignKey(CustodyUnit, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint("chart", "unit", name="access_chartunit_once"),
        ]
        indexes = [models.Index(fields=["unit", "chart"], name="access_chartunit_by_unit")]

    def __str__(self) -> str:
        return f"chart {self.chart_id} in unit {self.unit_id}"


class ChartMove(models.Model):
    """A chart given from the custody of one unit into that of another; insert only."""

    chart = models.ForeignKey(Chart, on_delete=models.PROTECT, related_name="moves")
    from_unit = models.ForeignKey(CustodyUnit, on_delete=models.PROTECT, related_name="+")
    to_unit = models.ForeignKey(CustodyUnit, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)
    moved_at = models.DateTimeField()
    moved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=~Q(from_unit=F("to_unit")), name="access_chartmove_between_two_units"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="access_chartmove_has_reason"),
        ]
        indexes = [models.Index(fields=["chart", "-id"], name="access_chartmove_by_chart")]

    def __str__(self) -> str:
        return f"move {self.pk}"
