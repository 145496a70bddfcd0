"""When each chart may be destroyed: derived rows, computed by the nightly evaluation."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from records.retention.enums import Block
from records.retention.models.schedule import ScheduleRule


class Evaluation(models.Model):
    """The answer for one chart: from when on it may be destroyed, and which rule says so.

    `block` tells why there is no date, as a matter of the chart's own facts. Holds are looked up
    when a list is shown or a batch is carried out, never stored here.
    """

    patient = models.OneToOneField(
        "patients.Patient", primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    unit = models.ForeignKey("access.CustodyUnit", on_delete=models.PROTECT, related_name="+")
    eligible_on = models.DateField(null=True, blank=True)
    governing = models.ForeignKey(
        ScheduleRule, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    governing_on = models.DateField(null=True, blank=True)
    block = models.CharField(max_length=20, choices=Block, blank=True, default="")
    computed_on = models.DateField(help_text="When this answer was first given")

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(block="", eligible_on__isnull=False, governing__isnull=False)
                | (~Q(block="")),
                name="retention_evaluation_date_or_block",
            )
        ]
        indexes = [
            models.Index(
                fields=["unit", "eligible_on", "patient"],
                condition=Q(block=""),
                name="retention_evaluation_due",
            ),
            models.Index(
                fields=["unit", "patient"],
                condition=~Q(block=""),
                name="retention_evaluation_blocked",
            ),
        ]

    def __str__(self) -> str:
        return f"evaluation of {self.patient_id}"


class DueCount(models.Model):
    """How many charts of a unit come due in a year, and how many of them are held; derived."""

    unit = models.ForeignKey("access.CustodyUnit", on_delete=models.CASCADE, related_name="+")
    year = models.PositiveSmallIntegerField()
    chart_count = models.PositiveIntegerField()
    held_count = models.PositiveIntegerField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint("unit", "year", name="retention_duecount_once")]

    def __str__(self) -> str:
        return f"{self.year} in unit {self.unit_id}"
