"""What a form shows that was overtaken: who changed the request, and where entries differ."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms

from accounts.models import User
from printing import words
from requests_release.forms.requests import EditForm, initial_of
from requests_release.models import Request
from requests_release.selectors.changes import Change

NOTHING = "–"
# Columns that change along with others, or mean nothing to a reader.
SILENT = frozenset(
    {
        "version",
        "status_since",
        "assigned_by_id",
        "submitted_by_id",
        "approved_by_id",
        "due_force",
        "due_label",
        "due_cite",
        "wait_reason",
    }
)
WORDS = {
    "status": "the state",
    "requester_id": "who asks",
    "recipient_name": "the recipient",
    "recipient_address": "the recipient's address",
    "kind": "the kind",
    "purpose": "the purpose",
    "purpose_note": "the purpose",
    "basis": "the ground",
    "channel": "how it came",
    "medium": "the medium",
    "scope": "what is asked for",
    "scope_from": "the dates of service",
    "scope_until": "the dates of service",
    "identity_proof": "the proof of identity",
    "reviewed_classes": "the protected classes",
    "review_note": "the protected classes",
    "has_part2_order": "the protected classes",
    "is_emergency": "the protected classes",
    "has_no_records": "whether there are records",
    "received_on": "the day of receipt",
    "due_on": "the due date",
    "extended_on": "the time",
    "extension_reason": "the time",
    "prepared_by_id": "the preparer",
    "reviewer_id": "who is asked to approve",
    "submitted_at": "the submission",
    "approved_at": "the approval",
    "page_count": "the chosen pages",
}
UNNAMED = "what belongs to it"


@dataclass(frozen=True)
class Difference:
    """One field: as it is stored now, and as it was entered."""

    label: str
    stored: str
    entered: str


@dataclass(frozen=True)
class Overtaken:
    """Why a form was not saved, and whether it can be saved now."""

    lines: list[str]
    why_not: str
    differences: list[Difference]


def present(
    changes: Iterable[Change],
    *,
    actor: User,
    why_not: str = "",
    differences: Iterable[Difference] = (),
) -> Overtaken:
    """Return what the form says; `why_not` where the request has gone too far to be saved."""
    lines = dict.fromkeys(_line(one, actor) for one in changes)
    return Overtaken(list(lines), why_not, list(differences))


def list_differences(form: EditForm, request: Request) -> list[Difference]:
    """Return every field of a valid form that differs from the request as it is stored now."""
    stored = initial_of(request)
    return [
        Difference(
            str(field.label),
            _shown(field, stored.get(name)),
            _shown(field, form.cleaned_data.get(name)),
        )
        for name, field in form.fields.items()
        if name != "version" and (stored.get(name) or "") != (form.cleaned_data.get(name) or "")
    ]


def _line(change: Change, actor: User) -> str:
    who = "You" if change.person_id == actor.pk else change.name or "Somebody"
    return f"{who} changed {_columns(change.columns)} on {words.moment(change.at)}."


def _columns(columns: Iterable[str]) -> str:
    changed = set(columns) - SILENT
    named = dict.fromkeys(shown for name, shown in WORDS.items() if name in changed)
    parts = list(named) or [UNNAMED]
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _shown(field: forms.Field, value: Any) -> str:
    if isinstance(field, forms.ChoiceField):
        choices: Any = field.choices
        known = {str(key): str(label) for key, label in choices}
        return known.get(str(value), NOTHING)
    if isinstance(value, date):
        return words.day(value)
    return str(value or NOTHING)
