"""Values of the log's lines, of the page of one event, and of an export's rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from audit import subjects
from audit.enums import Action, Basis, Outcome, Purpose, RowOperation
from audit.presenters.words import word
from audit.selectors.events import EventRow, RowChangeRow

TONES = {Outcome.SUCCESS: "ok", Outcome.REFUSED: "warn", Outcome.FAILED: "bad"}
COLUMNS = (
    "Time (UTC)",
    "Event",
    "Person",
    "Person id",
    "On behalf of id",
    "Role",
    "Action",
    "Outcome",
    "Basis",
    "Purpose",
    "Patient",
    "Patient id",
    "Patients listed",
    "Subject",
    "Subject id",
    "Address",
    "Session",
    "Request",
    "Detail",
)


@dataclass(frozen=True, slots=True)
class EventLine:
    """One event as a line of the log."""

    event: EventRow
    action: str
    outcome: str
    tone: str
    basis: str
    patient: str
    subject_url: str

    @property
    def url(self) -> str:
        """Return the page of this event."""
        return reverse("audit:event_detail", args=[self.event.id])

    @property
    def person_url(self) -> str:
        """Return the page of all patients whom this person saw."""
        actor_id = self.event.actor_id
        return reverse("audit:person_patients", args=[actor_id]) if actor_id else ""

    @property
    def patient_url(self) -> str:
        """Return the page of everybody who saw this patient."""
        patient_id = self.event.patient_id
        return reverse("audit:patient_viewers", args=[patient_id]) if patient_id else ""


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """What a request changed in one table."""

    occurred_at: datetime
    table: str
    operation: str
    keys: str
    columns: str


def lines(events: Sequence[EventRow], patients: dict[str, str]) -> list[EventLine]:
    """Return events as lines of the log."""
    return [
        EventLine(
            event=event,
            action=word(Action, event.action),
            outcome=word(Outcome, event.outcome),
            tone=TONES.get(Outcome(event.outcome), ""),
            basis=word(Basis, event.basis),
            patient=patients.get(str(event.patient_id), ""),
            subject_url=subjects.url(event.subject_type, event.subject_id),
        )
        for event in events
    ]


def change_lines(changes: Sequence[RowChangeRow]) -> list[ChangeLine]:
    """Return what a request changed."""
    return [
        ChangeLine(
            occurred_at=change.occurred_at,
            table=change.table_name,
            operation=word(RowOperation, change.operation),
            keys=", ".join(change.keys[:20]) + (" …" if len(change.keys) > 20 else ""),
            columns=", ".join(change.columns),
        )
        for change in changes
    ]


def facts(event: EventRow, patient: str) -> list[tuple[str, str]]:
    """Return everything that an event holds, as pairs of name and value."""
    return [
        ("Person", f"{event.actor_name} (id {event.actor_id})"),
        ("On behalf of", f"id {event.on_behalf_of_id}" if event.on_behalf_of_id else ""),
        ("Role then", event.role),
        ("Action", word(Action, event.action)),
        ("Outcome", word(Outcome, event.outcome)),
        ("Basis", word(Basis, event.basis)),
        ("Purpose", word(Purpose, event.purpose)),
        ("Patient", patient),
        ("Subject", f"{event.subject_type} {event.subject_id}".strip()),
        ("Address", event.client_address or ""),
        ("Session", event.session_digest),
        ("Request", event.request_id),
        ("Detail", "" if event.detail == "{}" else event.detail),
    ]


def export_row(event: EventRow, patients: dict[str, str]) -> tuple[str | int | None, ...]:
    """Return an event as a row of an export, in the order of `COLUMNS`."""
    return (
        event.occurred_at.isoformat(timespec="milliseconds"),
        event.id,
        event.actor_name,
        event.actor_id,
        event.on_behalf_of_id,
        event.role,
        word(Action, event.action),
        word(Outcome, event.outcome),
        word(Basis, event.basis),
        word(Purpose, event.purpose),
        patients.get(str(event.patient_id), ""),
        event.patient_id,
        event.shown_count or None,
        event.subject_type,
        event.subject_id,
        event.client_address,
        event.session_digest,
        event.request_id,
        "" if event.detail == "{}" else event.detail,
    )
