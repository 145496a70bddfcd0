"""Takes a list out of the house as a file, and puts that on record first.

Every room's lists leave this way: `take_out` writes the file, commits the event with a subject row
for every patient named in it, and only then hands the file over.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, Any

from django.conf import settings
from django.utils import timezone

from audit import context, spreadsheets
from audit.enums import Action, Basis, Purpose
from audit.errors import NotVisible, Refused
from audit.presenters.words import word
from audit.services import events
from audit.spreadsheets import Row

CSV, XLSX, FHIR = "csv", "xlsx", "fhir"
# Of a list that a room shows, and of the log.
MOST_LINES, MOST_ROWS = 20_000, 200_000
# Workbooks are dear: 200,000 events take 34 s on a quiet machine and 55 s on a busy one, and what
# stands before the house waits 60 s for an answer.
MOST_IN_WORKBOOK = 100_000
# The patients named in a file, in the order in which they were first named.
Patients = dict[int, None]
# Writes what leaves into a file, and notes the patients named there.
Write = Callable[[IO[bytes], Patients], None]
CONTENT_TYPES = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class TooMuchToExport(Refused):
    """More is asked for than one file may hold."""

    status = 409
    reason = "TOO_MUCH_TO_EXPORT"


@dataclass(frozen=True, slots=True)
class TakenOut:
    """A file that may leave: it is on record. It vanishes when closed."""

    file: IO[bytes]
    name: str
    content_type: str


@dataclass(frozen=True, slots=True)
class Record:
    """What the event of taking a list out says."""

    action: Action
    purpose: Purpose
    basis: Basis = Basis.ROLE
    patient_id: int | None = None
    subject_type: str = ""
    subject_id: str | int = ""
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table, and the patients whom it names."""

    cells: Row
    patients: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A list as a file holds it.

    `title` says what it is ("Access log of"), `name` begins the file's name, `about` is what
    narrowed it, in words; `lines` are read once, while the file is written, and no more than `most`
    leave.
    """

    title: str
    name: str
    columns: Row
    lines: Iterable[Line]
    about: Iterable[tuple[str, str]] = ()
    most: int = MOST_LINES


def take_out(*, actor: Any, kind: str, table: Table, record: Record) -> TakenOut:
    """Write a table as CSV or workbook into a temporary file, put that on record, and return it.

    The event and a subject row for every patient named are committed before this returns, so before
    a byte can leave.

    Raises:
        NotVisible: there is no such kind of file.
        TooMuchToExport: the table has more lines than may leave; nothing was taken out.
        AuditUnavailable: the export cannot be recorded; the file is gone.
    """
    if kind not in CONTENT_TYPES:
        raise NotVisible(action=record.action)

    def write(file: IO[bytes], patients: Patients) -> None:
        rows = _rows(table, kind, patients, record.action)
        if kind == CSV:
            spreadsheets.write_csv(file, table.columns, rows)
        else:
            about = _about(table, record.purpose)
            spreadsheets.write_xlsx(file, table.columns, rows, about)

    file = write_recorded(actor=actor, kind=kind, write=write, record=record)
    return TakenOut(file, file_name(table.name, kind), CONTENT_TYPES[kind])


def write_recorded(*, actor: Any, kind: str, write: Write, record: Record) -> IO[bytes]:
    """Let `write` fill a temporary file, then commit the event with the patients that it noted.

    Raises:
        AuditUnavailable: the export cannot be recorded; the file is gone.
    """
    patients: Patients = {}
    file = tempfile.TemporaryFile()  # noqa: SIM115 (the answer closes it)
    try:
        write(file, patients)
        events.record(
            action=record.action,
            actor=actor,
            patient_id=record.patient_id,
            subject_type=record.subject_type,
            subject_id=record.subject_id,
            basis=record.basis,
            purpose=record.purpose,
            detail={**record.detail, "kind": kind},
            patients=patients,
            durable=True,
        )
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def file_name(name: str, suffix: str) -> str:
    """Return what a file is called: what it is and when it was made, naming no patient."""
    return f"{name}-{timezone.localtime():%Y%m%d-%H%M}.{suffix}"


def most_of(kind: str, most: int) -> int:
    """Return how many lines a file of a kind holds, of a list of which `most` may leave at all."""
    return min(most, MOST_IN_WORKBOOK) if kind == XLSX else most


def too_much(
    kind: str, most: int, *, action: Action, lines: str = "lines", narrow: str = "list"
) -> TooMuchToExport:
    """Return the refusal that says how much one file holds, and what to do."""
    held = most_of(kind, most)
    message = f"This is more than {held:,} {lines}. Narrow the {narrow}, then export again."
    if held < most:
        message = (
            f"A workbook holds at most {held:,} {lines}. Choose CSV, or narrow the {narrow},"
            " then export again."
        )
    return TooMuchToExport(message, action=action)


def _about(table: Table, purpose: Purpose) -> list[Row]:
    """Return whose list it is, who took it out, when, what for, and what narrowed it."""
    return [
        (table.title, settings.FACILITY_NAME),
        ("Taken out by", context.current().actor_name),
        ("On", timezone.localtime().isoformat(" ", "minutes")),
        ("Purpose", word(Purpose, purpose)),
        *table.about,
    ]


def _rows(table: Table, kind: str, patients: Patients, action: Action) -> Iterator[Row]:
    """Yield the rows of a file, no more than one may hold, and note the patients named there."""
    for number, line in enumerate(table.lines, 1):
        if number > most_of(kind, table.most):
            raise too_much(kind, table.most, action=action)
        patients |= dict.fromkeys(line.patients)
        yield line.cells
