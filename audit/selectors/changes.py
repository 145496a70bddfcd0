"""Tells who changed a row of a tracked table, when, and in which columns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection


@dataclass(frozen=True, slots=True)
class RowUpdate:
    """That somebody changed columns of one row; no values."""

    occurred_at: datetime
    actor_id: int | None
    columns: list[str]


def list_row_updates(table: str, key: int, *, most: int) -> list[RowUpdate]:
    """Return the newest changes of the row with this key, the newest first."""
    query = """
        SELECT occurred_at, actor_id, columns FROM audit_rowchange
        WHERE table_name = %s AND keys[1] = %s AND operation = 'UPDATE'
        ORDER BY occurred_at DESC, id DESC LIMIT %s
    """
    with connection.cursor() as cursor:
        cursor.execute(query, [table, str(key), most])
        return [RowUpdate(*row) for row in cursor.fetchall()]
