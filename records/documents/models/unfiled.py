"""Files that have come in and wait for a clerk to file them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from records.documents.enums import DocumentSource, FileKind, UnfiledStatus
from records.documents.models.documents import Document
from records.documents.models.stored import StoredBytes


class UnfiledFile(StoredBytes):
    """A loose file: readable, stored, but of no chart yet."""

    unit = models.ForeignKey("access.CustodyUnit", on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=200, help_text="As it came; may name a patient")
    source = models.CharField(max_length=8, choices=DocumentSource)
    status = models.CharField(max_length=10, choices=UnfiledStatus, default=UnfiledStatus.WAITING)
    received_at = models.DateTimeField(default=timezone.now, editable=False)
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    document = models.OneToOneField(
        Document, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    discard_reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=FileKind.values), name="documents_unfiledfile_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(
                    status=UnfiledStatus.WAITING,
                    closed_at__isnull=True,
                    closed_by__isnull=True,
                    document__isnull=True,
                )
                | Q(
                    status=UnfiledStatus.FILED,
                    closed_at__isnull=False,
                    closed_by__isnull=False,
                    document__isnull=False,
                )
                | (
                    Q(
                        status=UnfiledStatus.DISCARDED,
                        closed_at__isnull=False,
                        closed_by__isnull=False,
                        document__isnull=True,
                    )
                    & ~Q(discard_reason="")
                ),
                name="documents_unfiledfile_closed_with_who_and_why",
            ),
        ]
        indexes = [
            models.Index(
                fields=["unit", "received_at", "id"],
                condition=Q(status=UnfiledStatus.WAITING),
                name="documents_unfiled_waiting",
            ),
            models.Index(fields=["sha256"], name="documents_unfiled_by_sha256"),
        ]

    def __str__(self) -> str:
        return f"unfiled file {self.pk}"
