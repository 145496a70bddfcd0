"""Uploaded files on their way in: in memory only, counted, and only from people signed in."""

from __future__ import annotations

import io
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import InMemoryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

# Several files of one form share this much memory.
FILES_AT_ONCE = 2


class MemoryUploadHandler(FileUploadHandler):
    """Keeps a file's bytes up to the house's limit and counts the rest without keeping it.

    Nothing plain ever lies on a disk. A file over the limit arrives without bytes but with its
    size, so that the form can say what is wrong.
    """

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.kept = 0
        self.buffer = io.BytesIO()
        self.is_over = False

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file.

        Raises:
            SkipFile: nobody is signed in, so nothing is kept.
        """
        super().new_file(*args, **kwargs)
        user = getattr(self.request, "user", None)
        if user is None or not user.is_authenticated:
            raise SkipFile
        self.buffer, self.is_over = io.BytesIO(), False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep a chunk, unless the file or all files together have grown too large."""
        limit = settings.UPLOAD_MAX_BYTES
        too_large = start + len(raw_data) > limit
        if not self.is_over and (too_large or self.kept + len(raw_data) > limit * FILES_AT_ONCE):
            self.is_over = True
            self.kept -= self.buffer.tell()
            self.buffer = io.BytesIO()
        if not self.is_over:
            self.buffer.write(raw_data)
            self.kept += len(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile:
        """Return the file; one that was over says a size above the limit, and has no bytes."""
        self.buffer.seek(0)
        size = max(file_size, settings.UPLOAD_MAX_BYTES + 1) if self.is_over else file_size
        return InMemoryUploadedFile(
            file=self.buffer,
            field_name=self.field_name,
            name=self.file_name or "",
            content_type=self.content_type or "",
            size=size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )
