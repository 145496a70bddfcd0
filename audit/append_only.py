"""Migration operations for the promises that triggers keep, in plain SQL.

No library's trigger is used for them: a library that can be told to ignore its triggers can be
told so by the application role too. A room's migration that uses these depends on
`("audit", "0001_initial")`, which makes the functions.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from django.db.migrations.operations.base import Operation, OperationCategory

LONGEST_NAME = 63


class Triggers(Operation, ABC):
    """Makes triggers on one table; undone, it drops them."""

    reduces_to_sql = True
    reversible = True
    category = OperationCategory.SQL

    def __init__(self, table: str) -> None:
        self.table = table

    @abstractmethod
    def triggers(self) -> dict[str, str]:
        """Return each trigger's name and what stands after `CREATE TRIGGER <name>`."""

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Change nothing: Django's state knows no triggers."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Create the triggers."""
        for name, rest in self.triggers().items():
            schema_editor.execute(f'CREATE TRIGGER "{name}" {rest}', params=None)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Drop the triggers."""
        for name in self.triggers():
            schema_editor.execute(f'DROP TRIGGER "{name}" ON "{self.table}"', params=None)


class InsertOnly(Triggers):
    """Refuse UPDATE, DELETE and TRUNCATE of `table`, for every role."""

    def triggers(self) -> dict[str, str]:
        """Return a row trigger for UPDATE and DELETE, and a statement trigger for TRUNCATE."""
        refuse = "EXECUTE FUNCTION audit_refuse_change()"
        return {
            name_trigger(self.table, "insert_only"): (
                f'BEFORE UPDATE OR DELETE ON "{self.table}" FOR EACH ROW {refuse}'
            ),
            name_trigger(self.table, "never_truncated"): (
                f'BEFORE TRUNCATE ON "{self.table}" FOR EACH STATEMENT {refuse}'
            ),
        }

    def describe(self) -> str:
        """Return a line for `migrate`'s output."""
        return f"Make {self.table} insert only"


class TrackChanges(Triggers):
    """Write a row change for every row of `table` that is added, changed or removed.

    `key` names the column (or the columns) that tell rows apart. `derived` names columns that the
    software computes from others (search text, leases): changes to these alone are not recorded.
    """

    def __init__(
        self, table: str, key: str | Sequence[str] = "id", derived: Sequence[str] = ()
    ) -> None:
        super().__init__(table)
        self.key = key
        self.derived = derived

    def triggers(self) -> dict[str, str]:
        """Return one statement trigger per verb, with the transition tables it needs."""
        key = self.key if isinstance(self.key, str) else ",".join(self.key)
        call = f"EXECUTE FUNCTION audit_track_change('{key}', '{','.join(self.derived)}')"
        each = f"FOR EACH STATEMENT {call}"
        tables = {
            "INSERT": "REFERENCING NEW TABLE AS new_rows ",
            "UPDATE": "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows ",
            "DELETE": "REFERENCING OLD TABLE AS old_rows ",
            "TRUNCATE": "",
        }
        return {
            name_trigger(self.table, f"track_{verb.lower()}"): (
                f'AFTER {verb} ON "{self.table}" {transition}{each}'
            )
            for verb, transition in tables.items()
        }

    def describe(self) -> str:
        """Return a line for `migrate`'s output."""
        return f"Record who changes {self.table}"


def name_trigger(table: str, ending: str) -> str:
    """Return a trigger's name, no longer than PostgreSQL keeps."""
    return f"{table[: LONGEST_NAME - len(ending) - 1]}_{ending}"
