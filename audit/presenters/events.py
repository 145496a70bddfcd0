"""Values of the log's lines, of the page of one event, and of an export's rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from audit import subjects
from audit.context import RECIPIENT_ROLE
from audit.enums import Action, Basis, Outcome, Purpose, RowOperation
from audit.presenters import details
from audit.presenters.words import label_people, label_subjects, roles, word
from audit.selectors.events import EventRow, RowChangeRow

TONES = {Outcome.SUCCESS: "ok", Outcome.REFUSED: "warn", Outcome.FAILED: "bad"}
COLUMNS = (
    "Time (UTC)",
    "Event",
    "Person",
    "Person id",
    "On behalf of",
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
    "Subject type",
    "Subject id",
    "Address",
    "Session",
    "Web request",
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
    subject: str
    subject_url: str

    @property
    def role(self) -> str:
        """Return the roles that the person held then, in words."""
        return roles(self.event.role)

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
    named = label_subjects(event.subject for event in events)
    return [
        EventLine(
            event=event,
            action=word(Action, event.action),
            outcome=word(Outcome, event.outcome),
            tone=TONES.get(Outcome(event.outcome), ""),
            basis=word(Basis, event.basis),
            patient=patients.get(str(event.patient_id), ""),
            subject=named[event.subject],
            subject_url=event.subject_id and subjects.url(*event.subject),
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
    people = label_people([event.on_behalf_of_id])
    behind = "Link made by" if event.role == RECIPIENT_ROLE else "On behalf of"
    columns = [
        ("Person", event.actor_name),
        (behind, people[event.on_behalf_of_id] if event.on_behalf_of_id else ""),
        ("Role then", roles(event.role)),
        ("Action", word(Action, event.action)),
        ("Outcome", word(Outcome, event.outcome)),
        ("Basis", word(Basis, event.basis)),
        ("Purpose", word(Purpose, event.purpose)),
        ("Patient", patient),
        ("Subject", label_subjects([event.subject])[event.subject]),
        ("Address", event.client_address or ""),
        ("Session", event.session_digest),
        ("Web request", event.request_id),
    ]
    return columns + details.rows(event.detail, taken={label for label, _ in columns})


def export_rows(
    events: Sequence[EventRow], patients: dict[str, str]
) -> Iterator[tuple[str | int | None, ...]]:
    """Yield events as rows of an export, in the order of `COLUMNS`."""
    named = label_subjects(event.subject for event in events)
    people = label_people(event.on_behalf_of_id for event in events)
    for event in events:
        yield _export_row(event, patients, named[event.subject], people)


def _export_row(
    event: EventRow, patients: dict[str, str], subject: str, people: dict[int, str]
) -> tuple[str | int | None, ...]:
    return (
        event.occurred_at.isoformat(timespec="milliseconds"),
        event.id,
        event.actor_name,
        event.actor_id,
        people.get(event.on_behalf_of_id or 0, ""),
        event.on_behalf_of_id,
        roles(event.role),
        word(Action, event.action),
        word(Outcome, event.outcome),
        word(Basis, event.basis),
        word(Purpose, event.purpose),
        patients.get(str(event.patient_id), ""),
        event.patient_id,
        event.shown_count or None,
        subject,
        event.subject_type,
        event.subject_id,
        event.client_address,
        event.session_digest,
        event.request_id,
        "" if event.detail == "{}" else event.detail,
    )
