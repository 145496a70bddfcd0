"""Steps of bare rows, as the database wants them told: first the history, then the status."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from accounts.models import User
from audit.writes import attributing


def begin(row: Any, by: User) -> Any:
    """Write the first step of an encounter, document, batch or request just inserted."""
    _tell(row, "", row.status, by)
    return row


def take(row: Any, status: str, by: User, **values: Any) -> Any:
    """Take such a row to `status`, with the values that belong to it."""
    _tell(row, row.status, status, by)
    type(row).objects.filter(pk=row.pk).update(status=status, **values)
    row.refresh_from_db()
    return row


def void(document: Any, by: User) -> Any:
    """Void a document, in a person's own transaction."""
    values = {"voided_at": timezone.now(), "voided_by": by, "void_reason": "wrong"}
    with attributing(by):
        return take(document, "VOIDED", by, **values)


def _tell(row: Any, before: str, after: str, by: User) -> None:
    row.status_changes.create(
        from_status=before, to_status=after, changed_at=timezone.now(), changed_by=by
    )
