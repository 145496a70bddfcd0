"""Those who ask for copies."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from requests_release.enums import RequesterKind


class Requester(models.Model):
    """A person or an office that asks for records, with the address that copies go to.

    A row that several requests use never changes; other contacts are a row of their own.
    """

    kind = models.CharField(max_length=24, choices=RequesterKind)
    name = models.CharField(max_length=160)
    address = models.CharField(max_length=300, blank=True, default="")
    phone = models.CharField(max_length=40, blank=True, default="")
    fax = models.CharField(max_length=40, blank=True, default="")
    email = models.EmailField(blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=RequesterKind.values),
                name="requests_release_requester_kind_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(name=""), name="requests_release_requester_has_a_name"
            ),
            models.UniqueConstraint(
                "kind",
                Lower("name"),
                Lower("address"),
                "phone",
                "fax",
                Lower("email"),
                name="requests_release_requester_once_for_each_contact",
            ),
        ]
        indexes = [
            models.Index(Lower("name"), name="requests_requester_by_name"),
        ]

    def __str__(self) -> str:
        return f"requester {self.pk}"
