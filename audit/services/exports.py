"""Takes the access log, and who saw whom, out of the house as files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import IO, Any

from django.conf import settings

from audit import subjects
from audit.enums import Action, Purpose
from audit.errors import NotVisible
from audit.presenters import fhir, filters
from audit.presenters import pivots as pivot_rows
from audit.presenters.events import COLUMNS, export_rows
from audit.presenters.words import label_patients
from audit.selectors import events as log
from audit.selectors import pivots
from audit.selectors.events import Criteria
from audit.services import tables
from audit.services.tables import (
    FHIR,
    Line,
    Patients,
    Record,
    Table,
    TakenOut,
    TooMuchToExport,
)

FHIR_TYPE = "application/fhir+ndjson"
KINDS = (*tables.CONTENT_TYPES, FHIR)


def export_log(*, actor: Any, criteria: Criteria, kind: str, purpose: Purpose) -> TakenOut:
    """Return the events wanted as a file: CSV, workbook or FHIR AuditEvent resources.

    `purpose` is what the person takes them out for: it stands in the event and in the workbook.

    Raises:
        NotVisible: there is no such kind of file.
        TooMuchToExport: more events are wanted than such a file holds, or become more lines.
        AuditUnavailable: the export cannot be recorded.
    """
    if kind not in KINDS:
        raise NotVisible(action=Action.LOG_EXPORTED)
    most = tables.most_of(kind, tables.MOST_ROWS)
    if log.count_events(criteria, most=most + 1) > most:
        raise _too_many_events(kind)
    record = _record(criteria, purpose)
    if kind != FHIR:
        table = Table(
            title="Access log of",
            name="access-log",
            columns=COLUMNS,
            lines=_lines(criteria),
            about=_about(criteria),
            most=tables.MOST_ROWS,
        )
        return tables.take_out(actor=actor, kind=kind, table=table, record=record)

    def write(file: IO[bytes], patients: Patients) -> None:
        _write_fhir(file, criteria, patients)

    file = tables.write_recorded(actor=actor, kind=kind, write=write, record=record)
    return TakenOut(file, tables.file_name("access-log", "ndjson"), FHIR_TYPE)


def export_viewers(
    *, actor: Any, criteria: Criteria, kind: str, purpose: Purpose, sort: str
) -> TakenOut:
    """Return everybody who saw the patient of `criteria` as a file, in the order of the page.

    Raises:
        NotVisible, TooMuchToExport, AuditUnavailable: as for the log.
    """
    table = Table(
        title="Who saw a patient of",
        name="who-saw-patient",
        columns=pivot_rows.VIEWER_COLUMNS,
        lines=_viewers(criteria, sort),
        about=_about(criteria),
        most=tables.MOST_ROWS,
    )
    record = _record(criteria, purpose, pivot="viewers", sort=sort)
    return tables.take_out(actor=actor, kind=kind, table=table, record=record)


def export_seen_patients(
    *, actor: Any, criteria: Criteria, kind: str, purpose: Purpose, sort: str
) -> TakenOut:
    """Return every patient whom the person of `criteria` saw as a file, in the order of the page.

    Raises:
        NotVisible, TooMuchToExport, AuditUnavailable: as for the log.
    """
    table = Table(
        title="Whom a person saw, of",
        name="whom-person-saw",
        columns=pivot_rows.PATIENT_COLUMNS,
        lines=_seen_patients(criteria, sort),
        about=_about(criteria),
        most=tables.MOST_ROWS,
    )
    record = _record(criteria, purpose, pivot="patients", sort=sort)
    return tables.take_out(actor=actor, kind=kind, table=table, record=record)


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


def _too_many_events(kind: str) -> TooMuchToExport:
    return tables.too_much(
        kind, tables.MOST_ROWS, action=Action.LOG_EXPORTED, lines="events", narrow="period"
    )


def _record(criteria: Criteria, purpose: Purpose, **more: str) -> Record:
    return Record(
        action=Action.LOG_EXPORTED,
        purpose=purpose,
        patient_id=criteria.patient_id,
        detail={**more, **filters_of(criteria)},
    )


def _about(criteria: Criteria) -> list[tuple[str, str]]:
    """Return what narrowed the log, in words."""
    return filters.describe(criteria, label_patients([criteria.patient_id]))


def _lines(criteria: Criteria) -> Iterator[Line]:
    """Yield the events, each with the patient whom it names."""
    for chunk in log.stream_events(criteria):
        rows = export_rows(chunk, label_patients(event.patient_id for event in chunk))
        for event, row in zip(chunk, rows, strict=True):
            yield Line(row, (event.patient_id,) if event.patient_id else ())


def _viewers(criteria: Criteria, sort: str) -> Iterator[Line]:
    patient_id = criteria.patient_id or 0
    (label,) = label_patients([patient_id]).values()
    for chunk in pivots.stream_viewers(criteria, most=tables.MOST_ROWS, sort=sort):
        for row in pivot_rows.viewer_rows(chunk, label, patient_id):
            yield Line(row, (patient_id,))


def _seen_patients(criteria: Criteria, sort: str) -> Iterator[Line]:
    person_id = criteria.person_id or 0
    (person,) = subjects.labels(subjects.PERSON, [person_id]).values()
    for chunk in pivots.stream_seen_patients(criteria, most=tables.MOST_ROWS, sort=sort):
        labels = label_patients(seen.patient_id for seen in chunk)
        rows = pivot_rows.patient_rows(chunk, labels, person, person_id)
        for seen, row in zip(chunk, rows, strict=True):
            yield Line(row, (seen.patient_id,))


def _write_fhir(file: IO[bytes], criteria: Criteria, patients: Patients) -> None:
    """Write a resource a line, as FHIR's bulk data has it."""
    house = fhir.House(settings.SITE_URL, settings.FACILITY_NAME)
    lines = 0
    for chunk in log.stream_events(criteria):
        shown = log.map_shown_patients(chunk)
        for resource, patient_id in fhir.audit_events(chunk, shown, house):
            lines += 1
            if lines > tables.MOST_ROWS:
                raise _too_many_events(FHIR)
            if patient_id is not None:
                patients[patient_id] = None
            file.write(json.dumps(resource, ensure_ascii=False).encode() + b"\n")
