"""Choices of documents."""

from __future__ import annotations

from django.db import models


class FileKind(models.TextChoices):
    PDF = "PDF", "PDF"
    TIFF = "TIFF", "TIFF"
    JPEG = "JPEG", "JPEG"
    PNG = "PNG", "PNG"


class DocumentStatus(models.TextChoices):
    CURRENT = "CURRENT", "Current"
    VOIDED = "VOIDED", "Voided"
    DESTROYED = "DESTROYED", "Destroyed"


class DocumentSource(models.TextChoices):
    UPLOAD = "UPLOAD", "Uploaded"
    SCAN = "SCAN", "Scanned"
    IMPORT = "IMPORT", "Imported"


class UnfiledStatus(models.TextChoices):
    WAITING = "WAITING", "Waiting to be filed"
    FILED = "FILED", "Filed"
    DISCARDED = "DISCARDED", "Discarded"
