"""Column types of PostgreSQL that Django has no field for."""

from __future__ import annotations

from typing import Any

from django.db import models


class Xid8Field(models.BigIntegerField):
    """A transaction's number as PostgreSQL keeps it, 64 bits wide, so it never wraps."""

    def db_type(self, connection: Any) -> str:
        """Return the column's type."""
        return "xid8"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> int | None:
        """Return a number; the driver hands over text."""
        return None if value is None else int(value)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> str | None:
        """Hand over text: there is no cast from a number."""
        return None if value is None else str(value)
