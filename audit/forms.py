"""The filters of the access log, as they stand in its address; and what is asked of an export."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils import timezone

from audit import subjects
from audit.enums import Action, Basis, Outcome, Purpose
from audit.http import Filters
from audit.selectors.events import Criteria
from audit.services.tables import CSV, FHIR, XLSX

DAYS_SHOWN = 30
MOST_BIGINT = 2**63 - 1
ANY = [("", "Any")]
# What a person types, and the field that carries the id it stands for.
TYPED = {"find_person": "person", "find_patient": "patient", "find_release": "release"}
FILE_KINDS = {
    XLSX: "Excel workbook; a second sheet says who, when, what for and which filters",
    CSV: "CSV, the rows alone, for any program",
    FHIR: "FHIR AuditEvent resources, for other systems: a line for each event, or for each "
    "patient where an event names several, so more lines than rows",
}


class EventFilterForm(forms.Form):
    """Narrows the log. A person, patient or release request typed is looked up and becomes an id.

    The address then carries the id: a record number does not stay in it. One that was put in the
    id's place is taken for typed.
    """

    find_person = forms.CharField(
        label="Person",
        required=False,
        max_length=150,
        help_text="Name or sign-in name, or how it begins",
    )
    find_patient = forms.CharField(
        label="Patient",
        required=False,
        max_length=64,
        help_text="Record number, with the facility's code in front if several have it",
    )
    person = forms.IntegerField(
        required=False, min_value=1, max_value=MOST_BIGINT, widget=forms.HiddenInput
    )
    patient = forms.IntegerField(
        required=False, min_value=1, max_value=MOST_BIGINT, widget=forms.HiddenInput
    )
    action = forms.ChoiceField(
        label="Action", required=False, choices=[*ANY, *sorted(Action.choices, key=lambda c: c[1])]
    )
    outcome = forms.ChoiceField(label="Outcome", required=False, choices=[*ANY, *Outcome.choices])
    basis = forms.ChoiceField(label="Basis", required=False, choices=[*ANY, *Basis.choices])
    since = forms.DateField(label="From", required=False)
    until = forms.DateField(label="To", required=False, help_text="Last day, included")
    find_release = forms.CharField(
        label="Release request", required=False, max_length=40, help_text="Such as R2026-000010"
    )
    release = forms.IntegerField(
        required=False, min_value=1, max_value=MOST_BIGINT, widget=forms.HiddenInput
    )
    request = forms.RegexField(
        r"^[0-9a-f-]{1,64}$",
        label="Web request",
        required=False,
        help_text="As an event's page shows it",
        error_messages={
            "invalid": "Copy this from an event's page. A number such as R2026-000010 belongs "
            "under “Release request”."
        },
    )

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(_with_number_typed(data))

    def clean_find_person(self) -> int | None:
        """Look up the person whose name or sign-in name was typed."""
        return self._found(subjects.PERSON, "find_person", "Nobody here has this name.")

    def clean_find_patient(self) -> int | None:
        """Look up the patient whose record number was typed."""
        return self._found(subjects.PATIENT, "find_patient", "No chart has this number.")

    def clean_find_release(self) -> int | None:
        """Look up the release request whose number was typed, also as the log writes it."""
        self.cleaned_data["find_release"] = re.sub(
            r"^\s*request\s+", "", self.cleaned_data["find_release"], flags=re.IGNORECASE
        )
        message = "No release request has this number."
        return self._found(subjects.RELEASE, "find_release", message)

    def clean(self) -> dict[str, Any]:
        """Refuse a period that ends before it begins."""
        values = super().clean() or {}
        since, until = values.get("since"), values.get("until")
        if since and until and until < since:
            self.add_error("until", "The period ends before it begins.")
        return values

    @property
    def finds(self) -> dict[str, int]:
        """Return the ids that what was typed stands for, by the field that carries them."""
        return {
            name: self.cleaned_data[typed]
            for typed, name in TYPED.items()
            if self.cleaned_data.get(typed)
        }

    def as_address(self) -> str:
        """Return the filters as an address holds them: ids in the place of what was typed.

        Without any it says so, so that the log does not open with the reader's saved list.
        """
        kept = {name: self.data.get(name) for name in self.fields if name not in TYPED}
        found = {name: value for name, value in kept.items() if value} | self.finds
        return urlencode(found or {"list": "all"})

    def criteria(self, today: date) -> Criteria:
        """Return what is asked for; without a period the last 30 days, days by the facility's zone.

        A web request's events are found whenever they were.
        """
        values = self.cleaned_data
        since, release = values["since"], values["release"]
        if since is None and not values["request"]:
            since = (values["until"] or today) - timedelta(days=DAYS_SHOWN)
        return Criteria(
            person_id=values["person"],
            patient_id=values["patient"],
            action=values["action"],
            outcome=values["outcome"],
            basis=values["basis"],
            since=_start_of(since),
            until=_start_of(values["until"] and values["until"] + timedelta(days=1)),
            subjects=subjects.with_parts(subjects.RELEASE, release) if release else (),
            request_id=values["request"],
        )

    def _found(self, subject_type: str, name: str, message: str) -> int | None:
        typed = self.cleaned_data[name]
        if not typed:
            return None
        try:
            ids = subjects.find(subject_type, typed)
        except subjects.Unclear as unclear:
            raise forms.ValidationError(unclear.message) from unclear
        if len(ids) != 1:
            raise forms.ValidationError(message)
        return int(ids[0])


class ExportForm(forms.Form):
    """As what kind of file a list leaves, and what for."""

    file_kind = forms.ChoiceField(label="File", widget=forms.RadioSelect)
    purpose = forms.ChoiceField(
        label="Purpose of use",
        choices=[("", "Choose what it is for"), *Purpose.choices],
        help_text="Stands in the access log beside your name.",
    )

    def __init__(self, *args: Any, kinds: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(kind, FILE_KINDS[kind]) for kind in kinds]
        self.fields["file_kind"].choices = offered  # type: ignore[attr-defined]

    @property
    def kind(self) -> str:
        """Return the kind of file that was chosen."""
        return str(self.cleaned_data["file_kind"])

    @property
    def purpose_chosen(self) -> Purpose:
        """Return the purpose that was chosen."""
        return Purpose(self.cleaned_data["purpose"])


# What a saved list keeps of these filters.
LOG = Filters(
    "Access log",
    {
        name: EventFilterForm.base_fields[name]
        for name in ("person", "action", "outcome", "basis", "since", "until")
    },
    {
        "patient": "The patient is not kept in a saved list.",
        "release": "The release request is not kept in a saved list.",
        "request": "The web request is not kept in a saved list.",
    },
    {"person": subjects.PERSON},
)


def _with_number_typed(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the filters with a record number that stands for a patient's id where it is typed."""
    text = data.get("patient", "").strip()
    if not text or data.get("find_patient") or _is_id(text):
        return data
    changed: Any = data.copy()  # type: ignore[attr-defined]
    changed["patient"], changed["find_patient"] = "", text
    return changed


def _is_id(text: str) -> bool:
    """Tell whether digits are a patient's id: one of ours, or one that is nobody's number either.

    Events outlive the patients that they are about.
    """
    is_key = text.isascii() and text.isdecimal() and text[0] != "0" and len(text) < 20
    if not is_key or int(text) > MOST_BIGINT:
        return False
    if subjects.is_known(subjects.PATIENT, text):
        return True
    try:
        return not subjects.find(subjects.PATIENT, text)
    except subjects.Unclear:
        return False


def _start_of(day: date | None) -> datetime | None:
    """Return a day's first moment in the facility's time zone."""
    return datetime.combine(day, time.min, timezone.get_default_timezone()) if day else None
