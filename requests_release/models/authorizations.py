"""Signed authorizations that came with requests, as the clerk read them."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from records.access.enums import SensitivityClass
from requests_release.enums import AuthorizedPurpose
from requests_release.models.requests import Request


class Authorization(models.Model):
    """What a signed form says, element by element (45 CFR 164.508(c)); the newest one counts.

    The form itself is a document of the patient's chart. A wrong reading is corrected by a new
    row; only a revocation is written into the row that it ends.
    """

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="authorizations")
    document = models.ForeignKey(
        "documents.Document", on_delete=models.PROTECT, related_name="authorizations"
    )
    version_number = models.PositiveSmallIntegerField()
    scope = models.CharField(max_length=300, blank=True, default="")
    scope_from = models.DateField(null=True, blank=True)
    scope_until = models.DateField(null=True, blank=True)
    classes = ArrayField(
        models.CharField(max_length=20, choices=SensitivityClass),
        default=list,
        blank=True,
        help_text="Protected classes for which the form has the words that the law wants",
    )
    recipients = ArrayField(models.CharField(max_length=160), default=list, blank=True)
    purpose = models.CharField(max_length=28, choices=AuthorizedPurpose, blank=True, default="")
    signed_on = models.DateField(null=True, blank=True)
    is_signed_by_patient = models.BooleanField(default=True)
    signer_name = models.CharField(max_length=160, blank=True, default="")
    authority = models.CharField(max_length=160, blank=True, default="")
    is_authority_proven = models.BooleanField(default=False)
    expires_on = models.DateField(null=True, blank=True)
    expiry_event = models.CharField(max_length=160, blank=True, default="")
    has_event_occurred = models.BooleanField(default=False)
    names_us = models.BooleanField(default=False)
    has_revocation_statement = models.BooleanField(default=False)
    has_condition_statement = models.BooleanField(default=False)
    has_redisclosure_statement = models.BooleanField(default=False)
    has_remuneration_statement = models.BooleanField(default=False)
    is_plain = models.BooleanField(default=False)
    is_sought_by_us = models.BooleanField(default=False)
    is_copy_given = models.BooleanField(default=False)
    is_conditioned = models.BooleanField(default=False)
    is_combined = models.BooleanField(default=False)
    is_known_false = models.BooleanField(default=False)
    revoked_on = models.DateField(null=True, blank=True, help_text="Day we received it")
    revocation_recorded_at = models.DateTimeField(null=True, blank=True)
    revocation_recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(revoked_on__isnull=True, revocation_recorded_by__isnull=True)
                | Q(revoked_on__isnull=False, revocation_recorded_by__isnull=False),
                name="requests_release_authorization_revoked_on_and_by_together",
            ),
            models.CheckConstraint(
                condition=Q(
                    revocation_recorded_at__isnull=True, revocation_recorded_by__isnull=True
                )
                | Q(revocation_recorded_at__isnull=False, revocation_recorded_by__isnull=False),
                name="requests_release_authorization_revocation_at_and_by_together",
            ),
            models.CheckConstraint(
                condition=Q(scope_from__isnull=True)
                | Q(scope_until__isnull=True)
                | Q(scope_until__gte=F("scope_from")),
                name="requests_release_authorization_scope_ends_after_start",
            ),
            models.CheckConstraint(
                # One that is revoked carries nothing: rows from before this rule can still be.
                condition=Q(signed_on__isnull=True)
                | Q(expires_on__isnull=True)
                | Q(expires_on__gte=F("signed_on"))
                | Q(revoked_on__isnull=False),
                name="requests_release_authorization_expires_after_signature",
            ),
            models.CheckConstraint(
                condition=Q(signed_on__isnull=True)
                | Q(revoked_on__isnull=True)
                | Q(revoked_on__gte=F("signed_on")),
                name="requests_release_authorization_revoked_after_signature",
            ),
        ]
        indexes = [
            models.Index(fields=["request", "-id"], name="requests_authorization_newest"),
            models.Index(fields=["document"], name="requests_authorization_by_doc"),
        ]

    def __str__(self) -> str:
        return f"authorization {self.pk}"
