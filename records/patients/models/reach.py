"""Where and through whom a patient is reached."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Right

from records.patients.enums import AddressKind, ContactKind, PhoneKind
from records.patients.models.patients import Patient


class Address(models.Model):
    """An address of a patient, with the time it was in force."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="addresses")
    kind = models.CharField(max_length=12, choices=AddressKind, default=AddressKind.HOME)
    line1 = models.CharField(max_length=120)
    line2 = models.CharField(max_length=120, blank=True, default="")
    city = models.CharField(max_length=80, blank=True, default="")
    state = models.CharField(max_length=40, blank=True, default="")
    postal_code = models.CharField(max_length=20, blank=True, default="")
    country = models.CharField(max_length=40, blank=True, default="")
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=AddressKind.values), name="patients_address_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_until__isnull=True)
                | Q(valid_until__gte=F("valid_from")),
                name="patients_address_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"address {self.pk}"


class Phone(models.Model):
    """A telephone number of a patient."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="phones")
    kind = models.CharField(max_length=12, choices=PhoneKind, default=PhoneKind.HOME)
    number = models.CharField(max_length=40, help_text="As written")
    digits = models.CharField(max_length=20, help_text="National digits, for search")

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=PhoneKind.values), name="patients_phone_kind_is_known"
            ),
            models.UniqueConstraint("patient", "digits", name="patients_phone_once"),
        ]
        indexes = [
            models.Index(fields=["digits"], name="patients_phone_by_digits"),
            # People leave the area code out, or remember the last four digits.
            models.Index(Right("digits", 7), name="patients_phone_by_last_seven"),
            models.Index(Right("digits", 4), name="patients_phone_by_last_four"),
        ]

    def __str__(self) -> str:
        return f"phone {self.pk}"


class Contact(models.Model):
    """Next of kin or another person to turn to."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="contacts")
    kind = models.CharField(max_length=23, choices=ContactKind, default=ContactKind.NEXT_OF_KIN)
    name = models.CharField(max_length=160)
    relationship = models.CharField(max_length=60, blank=True, default="")
    phone = models.CharField(max_length=40, blank=True, default="")
    address = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"contact {self.pk}"
