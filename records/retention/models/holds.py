"""Holds: what must not be destroyed, whatever its date says, and why."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from records.retention.enums import HoldKind


class Hold(models.Model):
    """One matter that keeps charts: a suit, an audit, an open request. Never deleted."""

    name = models.CharField(max_length=160, help_text="The matter, as counsel names it")
    kind = models.CharField(max_length=15, choices=HoldKind)
    issuer = models.CharField(max_length=160, blank=True, default="")
    reason = models.CharField(max_length=500)
    custodians = models.CharField(max_length=300, blank=True, default="")
    covers_from = models.DateField(null=True, blank=True)
    covers_until = models.DateField(null=True, blank=True)
    issued_on = models.DateField()
    remind_on = models.DateField(null=True, blank=True, help_text="When to ask if it still stands")
    request_id = models.BigIntegerField(null=True, blank=True, help_text="The open request")
    placed_at = models.DateTimeField()
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    lift_reason = models.CharField(max_length=500, blank=True, default="")
    submission_key = models.UUIDField(
        null=True, blank=True, unique=True, help_text="Of the form: sent twice it places one hold"
    )

    class Meta:
        default_permissions = ()
        permissions = [("place_hold", "Can place and lift holds")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=HoldKind.values), name="retention_hold_kind_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(reason=""), name="retention_hold_says_why"
            ),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True, lift_reason="")
                | (Q(lifted_at__isnull=False, lifted_by__isnull=False) & ~Q(lift_reason="")),
                name="retention_hold_lifted_at_by_and_reason_together",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True) | Q(lifted_at__gte=F("placed_at")),
                name="retention_hold_lifted_after_placed",
            ),
            models.CheckConstraint(
                condition=Q(covers_until__isnull=True)
                | Q(covers_from__isnull=True)
                | Q(covers_until__gte=F("covers_from")),
                name="retention_hold_covers_until_after_from",
            ),
            models.CheckConstraint(
                condition=Q(kind=HoldKind.RELEASE_REQUEST, request_id__isnull=False)
                | (~Q(kind=HoldKind.RELEASE_REQUEST) & Q(request_id__isnull=True)),
                name="retention_hold_request_has_its_kind",
            ),
            models.UniqueConstraint(
                "request_id",
                condition=Q(lifted_at__isnull=True),
                name="retention_hold_one_open_for_each_request",
            ),
        ]
        indexes = [
            models.Index(
                fields=["lifted_at", "-placed_at", "-id"], name="retention_hold_by_placed"
            ),
            models.Index(
                fields=["remind_on"],
                condition=Q(lifted_at__isnull=True),
                name="retention_hold_to_remind",
            ),
        ]

    def __str__(self) -> str:
        return f"hold {self.pk}"


class HoldPatient(models.Model):
    """A patient under a hold: the row at which the erasure of a key looks."""

    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, related_name="patients")
    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="holds")
    placed_at = models.DateTimeField()
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                "hold",
                "patient",
                condition=Q(lifted_at__isnull=True),
                name="retention_holdpatient_once_for_each_hold",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="retention_holdpatient_lifted_at_and_by_together",
            ),
        ]
        indexes = [
            models.Index(
                fields=["patient"],
                condition=Q(lifted_at__isnull=True),
                name="retention_holdpatient_standing",
            )
        ]

    def __str__(self) -> str:
        return f"patient {self.patient_id} under hold {self.hold_id}"


class HoldDocument(models.Model):
    """A document that was taken out of a held chart; the hold goes with it. Insert only.

    Written by the trigger that sees the move, so no way of moving a document leads out of a hold.
    """

    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, related_name="documents")
    document = models.ForeignKey(
        "documents.Document", on_delete=models.PROTECT, related_name="holds"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint("document", "hold", name="retention_holddocument_once")
        ]

    def __str__(self) -> str:
        return f"document {self.document_id} under hold {self.hold_id}"
