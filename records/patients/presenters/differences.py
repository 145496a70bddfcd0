"""What a form that was overtaken differs in from what is stored by now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.forms import ChoiceField, Form

from records.patients.forms.person import EditForm
from records.patients.forms.reach import Reach
from records.patients.models import Patient
from records.patients.services.facts import PERSON_FIELDS

NOTHING = "–"


@dataclass(frozen=True)
class Difference:
    """One field or group: as it is stored now, and as it was entered."""

    label: str
    stored: str
    entered: str


def list_differences(form: EditForm, reach: Reach, patient: Patient) -> list[Difference]:
    """Return every field in which valid entries differ from the patient as stored now."""
    found = []
    for name in PERSON_FIELDS:
        stored, entered = getattr(patient, name), form.cleaned_data[name]
        if stored != entered:
            field = form.fields[name]
            found.append(
                Difference(
                    str(field.label), _shown(form, name, stored), _shown(form, name, entered)
                )
            )
    if form.cleaned_data["ssn"]:
        found.append(Difference("Social security number", _masked(form.last_four), "as typed"))
    return found + _groups(reach, Reach(patient=patient))


def _groups(entered: Reach, stored: Reach) -> list[Difference]:
    pairs = zip(entered.groups, stored.groups, strict=True)
    found = []
    for (label, typed_rows), (_, stored_rows) in pairs:
        typed = [_row(form, form.cleaned_data) for form in typed_rows]
        known = [_row(form, form.initial) for form in stored_rows]
        if set(filter(None, typed)) != set(filter(None, known)):
            found.append(Difference(label, _joined(known), _joined(typed)))
    return found


def _row(form: Any, values: dict[str, Any]) -> str:
    """Return a row as one line, empty where it stands for nothing."""
    if not values.get(form.main):
        return ""
    parts = [_shown(form, name, values.get(name)) for name in form.fields if name != "kind"]
    said = ", ".join(part for part in parts if part != NOTHING)
    return f"{_shown(form, 'kind', values['kind'])}: {said}"


def _joined(rows: list[str]) -> str:
    return "; ".join(filter(None, rows)) or NOTHING


def _masked(last_four: str) -> str:
    return f"•••-••-{last_four}" if last_four else NOTHING


def _shown(form: Form, name: str, value: Any) -> str:
    field = form.fields[name]
    if isinstance(field, ChoiceField):
        labels = {str(key): label for key, label in field.widget.choices}
        return str(labels.get(str(value), value or NOTHING))
    if isinstance(value, date):
        return f"{value:%b %-d, %Y}"
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return str(value) if value not in (None, "") else NOTHING
