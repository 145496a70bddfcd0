"""Stays and visits of patients."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from records.encounters.enums import (
    Disposition,
    EncounterKind,
    EncounterStatus,
    is_visit,
    status_name,
)
from records.encounters.models.providers import Provider


class Encounter(models.Model):
    """One stay or visit: from admission or arrival to discharge."""

    patient = models.ForeignKey(
        "patients.Patient", on_delete=models.PROTECT, related_name="encounters"
    )
    unit = models.ForeignKey("access.CustodyUnit", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=EncounterKind)
    status = models.CharField(max_length=12, choices=EncounterStatus)
    account_number = models.CharField(max_length=32)
    started_at = models.DateTimeField(help_text="Admission, arrival, or the planned time")
    ended_at = models.DateTimeField(null=True, blank=True)
    attending = models.ForeignKey(
        Provider, null=True, blank=True, on_delete=models.PROTECT, related_name="encounters"
    )
    service = models.CharField(max_length=80, blank=True, default="")
    location = models.CharField(max_length=80, blank=True, default="", help_text="Ward and bed")
    reason = models.CharField(max_length=200, blank=True, default="")
    disposition = models.CharField(max_length=18, choices=Disposition, blank=True, default="")
    version = models.PositiveIntegerField(default=1)
    submission_key = models.UUIDField(
        null=True, blank=True, help_text="Of the form sent, so that one sent twice admits once"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        default_permissions = ()
        permissions = [("record_encounter", "Can admit, transfer, discharge and record visits")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=EncounterKind.values),
                name="encounters_encounter_kind_is_known",
            ),
            models.CheckConstraint(
                condition=Q(status__in=EncounterStatus.values),
                name="encounters_encounter_status_is_known",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
                name="encounters_encounter_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(status=EncounterStatus.DISCHARGED, ended_at__isnull=False)
                | (~Q(status=EncounterStatus.DISCHARGED) & Q(ended_at__isnull=True)),
                name="encounters_encounter_discharged_when_ended",
            ),
            models.UniqueConstraint("submission_key", name="encounters_encounter_submitted_once"),
            models.UniqueConstraint(
                "account_number", name="encounters_encounter_account_is_unique"
            ),
            models.UniqueConstraint(
                "patient",
                condition=Q(
                    status=EncounterStatus.IN_PROGRESS,
                    kind__in=[EncounterKind.INPATIENT, EncounterKind.NEWBORN],
                ),
                name="encounters_encounter_one_open_stay",
            ),
        ]
        indexes = [
            models.Index(
                fields=["patient", "-started_at", "-id"], name="encounters_by_patient_start"
            ),
            models.Index(
                fields=["unit", "status", "-started_at", "-id"], name="encounters_by_unit_status"
            ),
            models.Index(fields=["attending", "patient"], name="encounters_by_attending"),
        ]

    def __str__(self) -> str:
        return f"encounter {self.pk}"

    @property
    def is_visit(self) -> bool:
        """Whether the patient visits and is not admitted."""
        return is_visit(self.kind)

    @property
    def status_name(self) -> str:
        """The status in the words of a stay or of a visit."""
        return status_name(self.kind, self.status)


class EncounterMove(models.Model):
    """A transfer within a stay; insert only."""

    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="moves")
    from_location = models.CharField(max_length=80, blank=True, default="")
    to_location = models.CharField(max_length=80)
    from_service = models.CharField(max_length=80, blank=True, default="")
    to_service = models.CharField(max_length=80, blank=True, default="")
    from_attending = models.ForeignKey(
        Provider, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    to_attending = models.ForeignKey(
        Provider, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    moved_at = models.DateTimeField()
    moved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["encounter", "moved_at"], name="encounters_move_in_order"),
            models.Index(fields=["from_attending", "moved_at"], name="encounters_move_attending"),
        ]

    def __str__(self) -> str:
        return f"move {self.pk}"


class EncounterStatusChange(models.Model):
    """One step in the life of an encounter; insert only."""

    encounter = models.ForeignKey(
        Encounter, on_delete=models.PROTECT, related_name="status_changes"
    )
    from_status = models.CharField(max_length=12, choices=EncounterStatus, blank=True, default="")
    to_status = models.CharField(max_length=12, choices=EncounterStatus)
    reason = models.CharField(max_length=200, blank=True, default="")
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(from_status__in=["", *EncounterStatus.values])
                & Q(to_status__in=EncounterStatus.values),
                name="encounters_statuschange_statuses_are_known",
            )
        ]

    def __str__(self) -> str:
        return f"status change {self.pk}"

    @property
    def to_name(self) -> str:
        """The status that it led to, in the words of a stay or of a visit."""
        return status_name(self.encounter.kind, self.to_status)
