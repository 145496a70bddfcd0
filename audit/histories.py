"""Migration operations for tables that tell what happened: whose row it is, when, and in order.

`Stamped` lets the server say when a row was added, and refuses another person's name in it.
`StepByStep` holds a table with a status and the table of its history together: a step stands in
the history first, the status follows it in the same transaction, and both know the same steps.

A room's migration that uses these depends on `("audit", "0002_histories")`, which makes the
functions; that migration also says why they ask what they ask.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from audit.append_only import Triggers, name_trigger


class Stamped(Triggers):
    """Overwrite the time `at` of each new row of `table`, and refuse another actor than `by`.

    The time is that of the statement, as in the trail: steps of one transaction keep their order,
    and what was done minutes ago in a long one is not told as older. `by` must be the actor whom
    `audit.writes` has set for the transaction, for the owner too.
    """

    def __init__(self, table: str, at: str = "", by: str = "") -> None:
        super().__init__(table)
        self.at = at
        self.by = by

    def triggers(self) -> dict[str, str]:
        """Return the row trigger that stamps."""
        return {
            name_trigger(self.table, "stamped"): (
                f'BEFORE INSERT ON "{self.table}" FOR EACH ROW'
                f" EXECUTE FUNCTION audit_stamp_row('{self.at}', '{self.by}')"
            )
        }

    def describe(self) -> str:
        """Return a line for `migrate`'s output."""
        return f"Let the server stamp {self.table}"


class StepByStep(Triggers):
    """Let the status of `table` begin and change only as `starts` and `moves` say, and be told.

    `history` has `from_status` and `to_status`; its column `link` names the row of `table`. `what`
    is what people call such a row ("A document"). `starts` are the statuses in which one may begin,
    `moves` those that may follow each. A migration names them itself, so that it stays as it was;
    a test compares them with the room's table in `rules/transitions.py`.
    """

    def __init__(
        self,
        table: str,
        history: str,
        link: str,
        *,
        what: str,
        starts: Sequence[str],
        moves: Mapping[str, Sequence[str]],
    ) -> None:
        super().__init__(table)
        self.history = history
        self.link = link
        self.what = what
        self.starts = starts
        self.moves = moves

    def triggers(self) -> dict[str, str]:
        """Return the triggers of the table with the status."""
        deferred = "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"
        told = f"'{self.what}', '{self.history}', '{self.link}'"
        return {
            name_trigger(self.table, "begins_in_history"): (
                f'AFTER INSERT ON "{self.table}" {deferred}'
                f" EXECUTE FUNCTION audit_check_beginning({told}, '{self._starts()}')"
            ),
            name_trigger(self.table, "moves_by_history"): (
                f'AFTER UPDATE ON "{self.table}" FOR EACH ROW'
                " WHEN (OLD.status IS DISTINCT FROM NEW.status)"
                f" EXECUTE FUNCTION audit_check_move({told}, '{self._moves()}')"
            ),
        }

    def history_triggers(self) -> dict[str, str]:
        """Return the triggers of the history."""
        told = f"'{self.what}', '{self.table}', '{self.link}'"
        return {
            name_trigger(self.history, "in_order"): (
                f'BEFORE INSERT ON "{self.history}" FOR EACH ROW EXECUTE FUNCTION'
                f" audit_check_step({told}, '{self._starts()}', '{self._moves()}')"
            ),
            name_trigger(self.history, "followed"): (
                f'AFTER INSERT ON "{self.history}" DEFERRABLE INITIALLY DEFERRED FOR EACH ROW'
                f" EXECUTE FUNCTION audit_check_followed({told})"
            ),
        }

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Create the triggers of both tables."""
        for name, rest in (self.triggers() | self.history_triggers()).items():
            kind = "CONSTRAINT TRIGGER" if "DEFERRABLE" in rest else "TRIGGER"
            schema_editor.execute(f'CREATE {kind} "{name}" {rest}', params=None)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Drop them."""
        super().database_backwards(app_label, schema_editor, from_state, to_state)
        for name in self.history_triggers():
            schema_editor.execute(f'DROP TRIGGER "{name}" ON "{self.history}"', params=None)

    def describe(self) -> str:
        """Return a line for `migrate`'s output."""
        return f"Let {self.table} change its status only with {self.history}"

    def _starts(self) -> str:
        return ",".join(self.starts)

    def _moves(self) -> str:
        return ",".join(
            f"{status}>{target}" for status, targets in self.moves.items() for target in targets
        )
