"""What left the house, and what patients were told of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from requests_release.enums import ReleaseBasis
from requests_release.models.deliveries import Delivery
from requests_release.models.packages import Package
from requests_release.models.requests import Request


class Disclosure(models.Model):
    """Copies of a patient's records that left the house; insert only.

    Stands in the same transaction as the delivery of its request: neither is there without the
    other.
    """

    request = models.OneToOneField(Request, on_delete=models.PROTECT, related_name="disclosure")
    delivery = models.OneToOneField(Delivery, on_delete=models.PROTECT, related_name="disclosure")
    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(
        "patients.Patient", on_delete=models.PROTECT, related_name="disclosures"
    )
    recipient_name = models.CharField(max_length=160)
    recipient_address = models.CharField(max_length=300, blank=True, default="")
    description = models.CharField(max_length=500)
    purpose = models.CharField(max_length=240)
    basis = models.CharField(max_length=20, choices=ReleaseBasis)
    is_in_accounting = models.BooleanField()
    released_on = models.DateField()
    page_count = models.PositiveIntegerField()
    package_sha256 = models.CharField(max_length=64)
    manifest_sha256 = models.CharField(max_length=64)
    recorded_at = models.DateTimeField(auto_now_add=True)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(basis__in=ReleaseBasis.values),
                name="requests_release_disclosure_basis_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(recipient_name="") & ~Q(description="") & ~Q(purpose=""),
                name="requests_release_disclosure_says_what_to_whom_and_why",
            ),
            models.CheckConstraint(
                condition=Q(page_count__gt=0), name="requests_release_disclosure_has_pages"
            ),
        ]
        indexes = [
            models.Index(
                fields=["patient", "-released_on", "-id"], name="requests_disclosed_by_patient"
            )
        ]

    def __str__(self) -> str:
        return f"disclosure {self.pk}"


class Accounting(models.Model):
    """An accounting of disclosures given to a patient, 45 CFR 164.528(d); insert only."""

    patient = models.ForeignKey(
        "patients.Patient", on_delete=models.PROTECT, related_name="accountings"
    )
    requested_on = models.DateField()
    period_from = models.DateField()
    period_until = models.DateField()
    row_count = models.PositiveIntegerField()
    is_chargeable = models.BooleanField(help_text="Not the first in twelve months")
    printed_at = models.DateTimeField(auto_now_add=True)
    printed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(period_until__gte=F("period_from")),
                name="requests_release_accounting_ends_after_start",
            )
        ]
        indexes = [
            models.Index(fields=["patient", "-requested_on"], name="requests_accountings_given")
        ]

    def __str__(self) -> str:
        return f"accounting {self.pk}"
