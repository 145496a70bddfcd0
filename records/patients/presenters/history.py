"""Changes of a patient in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from auditlog.models import LogEntry
from django.db.models import BooleanField, DateField, Field, ForeignKey, Model

from records.access.selectors import units
from records.access.services.opening import ChartScope
from records.patients.rules import mrn
from records.patients.selectors import patients

MOST = 200
VERBS = {
    LogEntry.Action.CREATE: "added",
    LogEntry.Action.UPDATE: "changed",
    LogEntry.Action.DELETE: "removed",
}
NOUNS = {
    "patient": "Patient",
    "name": "Other name",
    "identifier": "Number",
    "address": "Address",
    "phone": "Phone",
    "contact": "Contact",
}
LABELS = {
    "mrn": "Record number",
    "birth_on": "Birth date",
    "birth_precision": "How exact the birth date is",
    "died_on": "Date of death",
    "name_status": "Kind of name",
    "mother_maiden_name": "Mother's maiden name",
    "birth_order": "Order in a multiple birth",
    "has_no_given_name": "Has no given name",
    "is_confidential_address": "Asked to be reached elsewhere",
    "override_reason": "Why another person",
    "line1": "Street",
    "line2": "Second line",
    "postal_code": "ZIP code",
    "email": "E-mail",
    "is_current": "In use",
    "destroyed_on": "Destroyed on",
}
# Keys of rows say nothing to a reader, and what never had a value was not changed.
UNSHOWN = frozenset({"id", "patient", "chart", "registered_at", "registered_by", "created_at"})
NAMES = ("family", "given", "middle", "suffix")
NOTHING = (None, "", "None")


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
    names = {str(unit.pk): unit.name for unit in units.list_units()}
    changes = [_change(entry, names) for entry in patients.list_history(scope, most=MOST)]
    return [change for change in changes if change.fields]


def _change(entry: LogEntry, unit_names: dict[str, str]) -> Change:
    model = entry.content_type.model_class()
    who = entry.actor.display_name if entry.actor else "Chartroom"
    fields = [
        FieldChange(_label(field), *(_shown(field, value, unit_names) for value in pair))
        for field, pair in _pairs(model, entry.changes_dict or {})
    ]
    noun = NOUNS[entry.content_type.model]
    return Change(entry.timestamp, who, f"{noun} {VERBS[entry.action]}", fields)


def _pairs(
    model: type[Model], changes: dict[str, list[Any]]
) -> list[tuple[Field[Any, Any], list[Any]]]:
    """Return the columns that changed, names first; relations of rooms above come unasked."""
    fields = sorted(model._meta.concrete_fields, key=lambda field: field.name not in NAMES)
    return [
        (field, changes[field.name])
        for field in fields
        if field.name in changes
        and field.name not in UNSHOWN
        and any(value not in NOTHING for value in changes[field.name])
    ]


def _label(field: Field[Any, Any]) -> str:
    name = str(field.verbose_name)
    return LABELS.get(field.name, f"{name[:1].upper()}{name[1:]}")


def _shown(field: Field[Any, Any], value: Any, unit_names: dict[str, str]) -> str:
    """Return a stored value as the screens write it elsewhere."""
    if value in NOTHING:
        return ""
    text = str(value)
    if field.choices:
        return str(dict(field.flatchoices).get(text, text))
    if isinstance(field, BooleanField):
        return "Yes" if text == "True" else "No"
    if isinstance(field, DateField):
        return f"{date.fromisoformat(text):%b %-d, %Y}"
    if field.name == "mrn":
        return mrn.display(text)
    if isinstance(field, ForeignKey):
        return unit_names.get(text, text)
    return text
