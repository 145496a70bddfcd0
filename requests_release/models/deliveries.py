"""How a finished package leaves the house."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from requests_release.enums import DeliveryMethod, RepeatOutcome
from requests_release.models.packages import Package
from requests_release.models.requests import Request
from requests_release.rules import media

MOST_TRIES = 5


class Delivery(models.Model):
    """One way out for a package: a one-time link, or copies mailed, faxed or handed over.

    Of a link's token and passcode only hashes are kept. A link ends by use, by its expiry, by
    five wrong passcodes, or by being recalled.
    """

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="deliveries")
    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="deliveries")
    method = models.CharField(max_length=15, choices=DeliveryMethod)
    token_hash = models.CharField(max_length=64, blank=True, default="")
    passcode_hash = models.CharField(max_length=255, blank=True, default="")
    expires_at = models.DateTimeField(null=True, blank=True)
    failed_attempts = models.PositiveSmallIntegerField(default=0)
    closed_at = models.DateTimeField(null=True, blank=True, help_text="Ended without use")
    used_at = models.DateTimeField(null=True, blank=True, help_text="Copies left the house")
    handed_on = models.DateField(null=True, blank=True)
    tracking_note = models.CharField(max_length=200, blank=True, default="")
    form_key = models.UUIDField(
        null=True, blank=True, unique=True, help_text="Of the form that made a link, sent once"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        default_permissions = ()
        verbose_name_plural = "deliveries"
        constraints = [
            models.CheckConstraint(
                condition=Q(method__in=DeliveryMethod.values),
                name="requests_release_delivery_method_is_known",
            ),
            models.UniqueConstraint(
                "token_hash",
                condition=~Q(token_hash=""),
                name="requests_release_delivery_token_is_unique",
            ),
            models.UniqueConstraint(
                "request",
                condition=Q(used_at__isnull=True, closed_at__isnull=True),
                name="requests_release_delivery_one_open",
            ),
            models.UniqueConstraint(
                "request",
                condition=Q(used_at__isnull=False),
                name="requests_release_delivery_used_once",
            ),
            models.CheckConstraint(
                condition=(
                    Q(method=DeliveryMethod.PORTAL, expires_at__isnull=False)
                    & ~Q(token_hash="")
                    & ~Q(passcode_hash="")
                )
                | (
                    ~Q(method=DeliveryMethod.PORTAL)
                    & Q(
                        token_hash="",
                        passcode_hash="",
                        expires_at__isnull=True,
                        used_at__isnull=False,
                        handed_on__isnull=False,
                    )
                ),
                name="requests_release_delivery_link_or_handed",
            ),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True) | Q(closed_at__isnull=True),
                name="requests_release_delivery_used_or_closed",
            ),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True)
                | Q(expires_at__isnull=True)
                | Q(used_at__lte=F("expires_at")),
                name="requests_release_delivery_used_before_expiry",
            ),
            models.CheckConstraint(
                condition=Q(failed_attempts__lte=MOST_TRIES),
                name="requests_release_delivery_tries_are_capped",
            ),
            models.CheckConstraint(
                condition=Q(failed_attempts__lt=MOST_TRIES) | Q(used_at__isnull=True),
                name="requests_release_delivery_not_used_after_too_many_tries",
            ),
        ]

    def __str__(self) -> str:
        return f"delivery {self.pk}"

    @property
    def is_download(self) -> bool:
        """Tell whether the copies left by the link."""
        return self.method == DeliveryMethod.PORTAL and self.used_at is not None

    @property
    def told(self) -> str:
        """How the copies left, and on which medium."""
        return media.told(self.method)


class Repeat(models.Model):
    """What came of a used link while its file may be given again; insert only."""

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="repeats")
    outcome = models.CharField(max_length=7, choices=RepeatOutcome)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=RepeatOutcome.values),
                name="requests_release_repeat_outcome_is_known",
            ),
            models.UniqueConstraint(
                "delivery",
                condition=Q(outcome=RepeatOutcome.ARRIVED),
                name="requests_release_repeat_arrives_once",
            ),
        ]

    def __str__(self) -> str:
        return f"repeat {self.pk}"
