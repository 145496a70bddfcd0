"""What a row knows of bytes in the vault."""

from __future__ import annotations

from django.db import models

from records.documents.enums import FileKind


class StoredBytes(models.Model):
    """Bytes in the vault: where they lie, under which wrapped key, and what they were when filed.

    `sha256` is that of the plain bytes, in hexadecimal: the fixity value. `page_sizes` is a list
    of [width, height] in points. The wrapped key is null once erased; from then on nobody can
    read the bytes.
    """

    kind = models.CharField(max_length=4, choices=FileKind)
    media_type = models.CharField(max_length=40)
    byte_size = models.BigIntegerField()
    page_count = models.PositiveIntegerField()
    page_sizes = models.JSONField(default=list)
    sha256 = models.CharField(max_length=64)
    storage_name = models.CharField(max_length=120, unique=True)
    wrapped_key = models.BinaryField(null=True, blank=True)
    key_id = models.CharField(max_length=40, help_text="Key-encryption key that wraps the key")
    key_erased_at = models.DateTimeField(null=True, blank=True)
    bytes_removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
