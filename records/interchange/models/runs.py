"""Runs of importing: who ordered them, what they brought, what was rejected."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class ImportRun(models.Model):
    """One run over files; a run that was cut off has no end."""

    feed = models.CharField(max_length=40)
    unit = models.ForeignKey("access.CustodyUnit", on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    files_read = models.PositiveIntegerField(default=0)
    files_imported = models.PositiveIntegerField(default=0)
    files_unchanged = models.PositiveIntegerField(default=0)
    files_without = models.PositiveIntegerField(
        default=0, help_text="Read, but nothing in them belongs in a chart"
    )
    rejections = models.PositiveIntegerField(default=0)
    patients = models.PositiveIntegerField(default=0)
    encounters = models.PositiveIntegerField(default=0)
    documents = models.PositiveIntegerField(default=0)
    unfiled = models.PositiveIntegerField(default=0)

    class Meta:
        default_permissions = ()
        permissions = [("view_import", "Can see what was imported and rejected, and import files")]
        constraints = [
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True) | Q(finished_at__gte=F("started_at")),
                name="interchange_importrun_ends_after_start",
            )
        ]
        indexes = [
            models.Index(fields=["unit", "-started_at", "-id"], name="interchange_run_by_unit")
        ]

    def __str__(self) -> str:
        return f"import {self.pk}"


class ImportRejection(models.Model):
    """Something of a file that was not taken, and why."""

    run = models.ForeignKey(ImportRun, on_delete=models.PROTECT, related_name="rejected")
    file_name = models.CharField(max_length=300, help_text="As it came; may name a patient")
    path = models.CharField(max_length=300, blank=True, default="", help_text="Within the file")
    message = models.CharField(max_length=400)
    reason = models.CharField(max_length=40)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["run", "id"], name="interchange_rejection_by_run")]

    def __str__(self) -> str:
        return f"rejection {self.pk}"


class ImportUpload(models.Model):
    """A file that came through the browser and waits for the worker; encrypted, then erased."""

    run = models.ForeignKey(ImportRun, on_delete=models.PROTECT, related_name="uploads")
    file_name = models.CharField(max_length=200)
    token = models.UUIDField(unique=True, help_text="What the content is encrypted for")
    content = models.BinaryField(null=True, blank=True)
    received_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(content__isnull=True, done_at__isnull=False)
                | Q(content__isnull=False, done_at__isnull=True),
                name="interchange_importupload_erased_when_done",
            )
        ]

    def __str__(self) -> str:
        return f"upload {self.pk}"
