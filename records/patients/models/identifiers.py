"""Numbers by which a patient is known."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from records.patients.enums import IdentifierKind
from records.patients.models.patients import Patient

# A number once given stays taken, in force or not.
NUMBER_KINDS = (IdentifierKind.MRN, IdentifierKind.FORMER_MRN)
# What stays of a destroyed chart: the numbers of records, here and elsewhere.
KEPT_KINDS = (*NUMBER_KINDS, IdentifierKind.OTHER_MRN, IdentifierKind.ENTERPRISE)


class Identifier(models.Model):
    """A number of a patient. A record number is never deleted, so that it is never used again.

    All other numbers go with the chart when it is destroyed, and only then (rules 4.6).

    A social security number is stored encrypted (bound to this table, column and row) with a
    keyed blind index for exact search; only its last four digits stand in clear.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="identifiers")
    kind = models.CharField(max_length=15, choices=IdentifierKind)
    facility = models.ForeignKey(
        "access.Facility", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    value = models.CharField(max_length=64, blank=True, default="")
    value_key = models.CharField(max_length=64, blank=True, default="")
    value_encrypted = models.BinaryField(null=True, blank=True)
    blind_index = models.BinaryField(null=True, blank=True)
    last_four = models.CharField(max_length=4, blank=True, default="")
    is_current = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=IdentifierKind.values),
                name="patients_identifier_kind_is_known",
            ),
            models.UniqueConstraint(
                "facility",
                "value_key",
                condition=Q(kind__in=NUMBER_KINDS),
                name="patients_identifier_mrn_is_unique",
            ),
            models.UniqueConstraint(
                "facility",
                "value_key",
                condition=Q(kind=IdentifierKind.ACCOUNT),
                name="patients_identifier_account_is_unique",
            ),
            models.UniqueConstraint(
                "patient",
                condition=Q(kind=IdentifierKind.MRN, is_current=True),
                name="patients_identifier_one_current_mrn",
            ),
            models.UniqueConstraint(
                "patient",
                condition=Q(kind=IdentifierKind.SSN, is_current=True),
                name="patients_identifier_one_current_ssn",
            ),
            models.CheckConstraint(
                condition=(
                    Q(kind=IdentifierKind.SSN, value="", value_key="")
                    & Q(value_encrypted__isnull=False, blind_index__isnull=False)
                )
                | (
                    ~Q(kind=IdentifierKind.SSN)
                    & ~Q(value_key="")
                    & Q(value_encrypted__isnull=True, blind_index__isnull=True)
                ),
                name="patients_identifier_ssn_is_never_in_clear",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=NUMBER_KINDS) | Q(facility__isnull=False),
                name="patients_identifier_mrn_has_facility",
            ),
        ]
        indexes = [
            models.Index(fields=["value_key"], name="patients_identifier_by_value"),
            models.Index(
                fields=["blind_index"],
                condition=Q(blind_index__isnull=False),
                name="patients_identifier_by_blind",
            ),
            models.Index(
                fields=["last_four"],
                condition=Q(kind=IdentifierKind.SSN),
                name="patients_identifier_by_last4",
            ),
        ]

    def __str__(self) -> str:
        return f"identifier {self.pk}"
