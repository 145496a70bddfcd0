"""Takes the access log out of the house as a file, and puts that on record first."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Any

from django.conf import settings
from django.utils import timezone

from audit import context, spreadsheets
from audit.enums import Action, Basis, Purpose
from audit.errors import Refused
from audit.presenters import fhir, filters
from audit.presenters.events import COLUMNS, export_rows
from audit.presenters.words import label_patients, word
from audit.selectors import events as log
from audit.selectors.events import Criteria
from audit.services import events
from audit.spreadsheets import Row

MOST_ROWS = 200_000
PURPOSE = Purpose.OVERSIGHT
# The patients named in a file, in the order in which they were first named.
Patients = dict[int, None]


@dataclass(frozen=True, slots=True)
class Kind:
    """A form in which the log leaves: who writes it, the end of its name, its media type."""

    write: Callable[[IO[bytes], Criteria, Patients], None]
    suffix: str
    content_type: str


class TooMuchToExport(Refused):
    """More events are asked for than one file may hold."""

    message = f"This is more than {MOST_ROWS:,} events. Narrow the period, then export again."
    status = 409
    reason = "TOO_MUCH_TO_EXPORT"


def export_log(*, actor: Any, criteria: Criteria, kind: str) -> IO[bytes]:
    """Write the events wanted into a temporary file that vanishes when closed, and return it.

    The event and a subject row for every patient named in the file are committed before this
    returns, so before a byte can leave.

    Raises:
        TooMuchToExport: more than 200,000 events are wanted, or become more lines than that.
        AuditUnavailable: the export cannot be recorded; the file is gone.
    """
    if log.count_events(criteria, most=MOST_ROWS + 1) > MOST_ROWS:
        raise TooMuchToExport(action=Action.LOG_EXPORTED)
    patients: Patients = {}
    file = tempfile.TemporaryFile()  # noqa: SIM115 (the answer closes it)
    try:
        KINDS[kind].write(file, criteria, patients)
        events.record(
            action=Action.LOG_EXPORTED,
            actor=actor,
            patient_id=criteria.patient_id,
            basis=Basis.ROLE,
            purpose=PURPOSE,
            detail={"kind": kind, **filters_of(criteria)},
            patients=patients,
            durable=True,
        )
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def filters_of(criteria: Criteria) -> dict[str, str | int]:
    """Return what narrowed the log, as an event's detail may hold it."""
    subject_type, subject_id = criteria.subjects[0] if criteria.subjects else ("", "")
    values = {
        "person": criteria.person_id,
        "patient": criteria.patient_id,
        "action": criteria.action,
        "outcome": criteria.outcome,
        "basis": criteria.basis,
        "since": criteria.since and criteria.since.isoformat(),
        "until": criteria.until and criteria.until.isoformat(),
        "subject_type": subject_type,
        "subject": subject_id,
        "request": criteria.request_id,
    }
    return {name: value for name, value in values.items() if value}


def _write_csv(file: IO[bytes], criteria: Criteria, patients: Patients) -> None:
    spreadsheets.write_csv(file, COLUMNS, _rows(criteria, patients))


def _write_xlsx(file: IO[bytes], criteria: Criteria, patients: Patients) -> None:
    spreadsheets.write_xlsx(file, COLUMNS, _rows(criteria, patients), _about(criteria))


def _about(criteria: Criteria) -> list[Row]:
    """Return whose log it is, who took it out, when, what for, and what narrowed it."""
    return [
        ("Access log of", settings.FACILITY_NAME),
        ("Taken out by", context.current().actor_name),
        ("On", timezone.localtime().isoformat(" ", "minutes")),
        ("Purpose", word(Purpose, PURPOSE)),
        *filters.describe(criteria, label_patients([criteria.patient_id])),
    ]


def _rows(criteria: Criteria, patients: Patients) -> Iterator[Row]:
    """Yield the rows of the file, and note the patients named there."""
    for chunk in log.stream_events(criteria):
        labels = label_patients(event.patient_id for event in chunk)
        patients |= {event.patient_id: None for event in chunk if event.patient_id}
        yield from export_rows(chunk, labels)


def _write_fhir(file: IO[bytes], criteria: Criteria, patients: Patients) -> None:
    """Write a resource a line, as FHIR's bulk data has it."""
    house = fhir.House(settings.SITE_URL, settings.FACILITY_NAME)
    lines = 0
    for chunk in log.stream_events(criteria):
        shown = log.map_shown_patients(chunk)
        for resource, patient_id in fhir.audit_events(chunk, shown, house):
            lines += 1
            if lines > MOST_ROWS:
                raise TooMuchToExport(action=Action.LOG_EXPORTED)
            if patient_id is not None:
                patients[patient_id] = None
            file.write(json.dumps(resource, ensure_ascii=False).encode() + b"\n")


KINDS = {
    "csv": Kind(_write_csv, "csv", "text/csv; charset=utf-8"),
    "xlsx": Kind(
        _write_xlsx, "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    ),
    "fhir": Kind(_write_fhir, "ndjson", "application/fhir+ndjson"),
}
