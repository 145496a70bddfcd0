"""Facilities and the custody units that keep their charts."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from records.access.enums import SensitivityClass


class Facility(models.Model):
    """A hospital or clinic with numbers of its own."""

    code = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=120)
    state = models.CharField(max_length=2, help_text="US state whose law governs retention")
    record_class = models.CharField(
        max_length=20, default="HOSPITAL", help_text="Row of the retention schedule"
    )
    time_zone = models.CharField(max_length=64, default="America/New_York")

    class Meta:
        default_permissions = ()
        verbose_name_plural = "facilities"

    def __str__(self) -> str:
        return self.name


class CustodyUnit(models.Model):
    """A part of the house that keeps charts: main file room, behavioural health, …"""

    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="units")
    code = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=120)
    is_listed = models.BooleanField(
        default=True,
        help_text="Shown in the directory to everybody who may search it. Being a patient of an "
        "unlisted unit is itself protected.",
    )
    sensitivity_classes = ArrayField(
        models.CharField(max_length=20, choices=SensitivityClass),
        default=list,
        blank=True,
        help_text="Classes that the right to protected documents opens in this unit",
    )
    is_active = models.BooleanField(default=True)

    class Meta:
        default_permissions = ()
        permissions = [
            ("manage_units", "Can manage units and the rights on them"),
            ("view_chart", "Can open the unit's charts"),
            ("view_protected", "Can see the unit's protected classes"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(sensitivity_classes__contained_by=SensitivityClass.values),
                name="access_custodyunit_classes_are_known",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def class_labels(self) -> list[str]:
        """The protected classes in words, in the order of the classes."""
        held = self.sensitivity_classes
        return [str(label) for value, label in SensitivityClass.choices if value in held]
