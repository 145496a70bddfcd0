"""What was said of a document before each change and after it, as its history shows it.

Kept by django-auditlog as keys, days and titles, named by the document's key alone; purged with
the chart. A filing has nothing before it, and a move has rows of its own: neither is kept here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from auditlog.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet

from records.documents.models import Document

# The entries about the documents of some charts.
ENTRIES = """
    content_type_id = %(kind)s AND object_id IN (
        SELECT id FROM documents_document WHERE patient_id = ANY(%(patients)s))
"""


def note(document: Document, changes: dict[str, tuple[Any, Any]]) -> None:
    """Keep what each field held before and holds now; the author is whoever acts here."""
    said = {name: [_text(before), _text(after)] for name, (before, after) in changes.items()}
    LogEntry.objects.log_create(document, action=LogEntry.Action.UPDATE, changes=said)


def list_entries(document: Document) -> QuerySet[LogEntry]:
    """Return the changes of a document with their authors, newest first."""
    entries = LogEntry.objects.filter(content_type_id=_kind(), object_id=document.pk)
    return entries.select_related("actor").order_by("-pk")


def entries_of(patient_ids: Sequence[int]) -> dict[str, Any]:
    """Return the values that `ENTRIES` asks for."""
    return {"kind": _kind(), "patients": list(patient_ids)}


def _kind() -> int:
    return ContentType.objects.get_for_model(Document).pk


def _text(value: Any) -> str:
    return "" if value is None else str(value)
