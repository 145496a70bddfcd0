"""The people who treat patients, with or without a sign-in here."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class Provider(models.Model):
    """A physician or other practitioner."""

    name = models.CharField(max_length=160)
    npi = models.CharField(max_length=10, blank=True, default="", help_text="National number")
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="provider",
    )
    is_active = models.BooleanField(default=True)
    submission_key = models.UUIDField(
        null=True, blank=True, help_text="Of the form sent, so that one sent twice adds once"
    )

    class Meta:
        default_permissions = ()
        permissions = [
            ("manage_providers", "Can add and change practitioners"),
            ("link_provider", "Can link practitioners to sign-ins"),
        ]
        constraints = [
            models.UniqueConstraint(
                "npi", condition=~Q(npi=""), name="encounters_provider_npi_is_unique"
            ),
            models.UniqueConstraint("submission_key", name="encounters_provider_submitted_once"),
        ]
        indexes = [models.Index(fields=["name"], name="encounters_provider_by_name")]

    def __str__(self) -> str:
        return self.name
