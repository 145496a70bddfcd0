"""What remains of a destroyed chart: the certificate of its batch and its own stub."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from records.retention.models.batches import Batch, BatchItem


class Certificate(models.Model):
    """The certificate of destruction of a batch, kept for ever; insert only.

    `content` is exactly what the printed page says; `sha256` is the hash of its canonical form.
    """

    batch = models.OneToOneField(Batch, on_delete=models.PROTECT, related_name="certificate")
    number = models.CharField(max_length=16, unique=True)
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.number


class Stub(models.Model):
    """The residual abstract of a destroyed chart, kept for ever; insert only.

    Answers "destroyed on …, under …": who it was, when they were here, and what was destroyed.
    """

    patient = models.OneToOneField(
        "patients.Patient", primary_key=True, on_delete=models.PROTECT, related_name="stub"
    )
    item = models.OneToOneField(BatchItem, on_delete=models.PROTECT, related_name="stub")
    unit = models.ForeignKey("access.CustodyUnit", on_delete=models.PROTECT, related_name="+")
    destroyed_at = models.DateTimeField()
    document_count = models.PositiveIntegerField()
    page_count = models.PositiveIntegerField()
    abstract = models.JSONField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"stub {self.pk}"
