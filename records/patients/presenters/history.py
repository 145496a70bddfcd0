"""Changes of a patient in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from auditlog.models import LogEntry

from records.access.services.opening import ChartScope
from records.patients.selectors import patients

MOST = 200
VERBS = {
    LogEntry.Action.CREATE: "added",
    LogEntry.Action.UPDATE: "changed",
    LogEntry.Action.DELETE: "removed",
}


@dataclass(frozen=True)
class FieldChange:
    """One field, before and after."""

    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Change:
    """One row that was added, changed or removed."""

    at: datetime
    who: str
    what: str
    fields: list[FieldChange]


def list_changes(scope: ChartScope) -> list[Change]:
    """Return the newest changes of the patient of an opened chart."""
    return [_change(entry) for entry in patients.list_history(scope)[:MOST]]


def _change(entry: LogEntry) -> Change:
    model = entry.content_type.model_class()
    noun = model._meta.verbose_name if model else entry.content_type.model
    who = entry.actor.display_name if entry.actor else "Chartroom"
    fields = [
        FieldChange(_label(model, name), _shown(pair[0]), _shown(pair[1]))
        for name, pair in (entry.changes_dict or {}).items()
        if name not in ("id", "patient", "chart")
    ]
    return Change(entry.timestamp, who, f"{noun} {VERBS.get(entry.action, '')}".strip(), fields)


def _label(model: Any, name: str) -> str:
    return str(model._meta.get_field(name).verbose_name) if model else name


def _shown(value: Any) -> str:
    return "" if value in (None, "None") else str(value)
