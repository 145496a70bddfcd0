"""What happened to a document, in words: filed, described anew, replaced, moved, voided."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from auditlog.models import LogEntry
from django.utils import dateformat

from records.access.enums import SensitivityClass
from records.access.selectors import scopes
from records.access.services.opening import ChartScope
from records.documents.enums import DocumentStatus
from records.documents.forms.fields import encounter_name
from records.documents.models import Document, DocumentMove, DocumentType, DocumentVersion
from records.documents.selectors import documents
from records.encounters.selectors import encounters
from records.patients.rules import mrn, names
from records.patients.rules.names import PersonName
from records.patients.selectors import lines
from records.patients.selectors.lines import DirectoryLine

STEPS = {
    ("", DocumentStatus.CURRENT): ("filed it", "ok"),
    (DocumentStatus.CURRENT, DocumentStatus.VOIDED): ("voided it", "bad"),
    (DocumentStatus.VOIDED, DocumentStatus.CURRENT): ("restored it", "ok"),
}
LABELS = {
    "type": "Type",
    "title": "Title",
    "service_on": "Date of service",
    "encounter": "Encounter",
    "sensitivity": "Sensitivity",
}
CHANGED = "changed what is said of it"
UNTOLD_VALUES = "What it said before is not for everybody who may see it now."
UNTOLD_REASON = "The reason is told to those who may know of the other chart."
ANOTHER = "another chart"


@dataclass(frozen=True)
class Happening:
    """One line of the history."""

    at: datetime
    who: str
    what: str
    text: str = ""
    tone: str = ""


@dataclass(frozen=True)
class History:
    """All that happened, newest first, and the patients beside the chart's own that it names."""

    happenings: list[Happening]
    patient_ids: list[int]


@dataclass(frozen=True)
class _Known:
    """What the reader of a history may be told: charts, classes, types and encounters."""

    own_id: int
    classes: frozenset[str]
    people: dict[int, DirectoryLine]
    types: dict[str, DocumentType]
    encounters: dict[str, str]

    def chart(self, patient_id: int) -> str:
        """Return whose chart it is, if the reader may know of the patient."""
        line = self.people.get(patient_id)
        if line is None:
            return ANOTHER
        name = names.display_name(PersonName(line.family, line.given, line.middle, line.suffix))
        return f"the chart of {name} ({mrn.display(line.mrn)})"

    def knows(self, patient_id: int) -> bool:
        """Tell whether the reader may know of that chart."""
        return patient_id == self.own_id or patient_id in self.people

    def may_read(self, entry: LogEntry) -> bool:
        """Tell whether the reader sees the classes between which the document was changed."""
        pairs = entry.changes_dict
        kinds = [self.types[key] for key in pairs.get("type", []) if key in self.types]
        classes = {*pairs.get("sensitivity", []), *(kind.default_sensitivity for kind in kinds)}
        return classes <= self.classes

    def value(self, field: str, text: str) -> str:
        """Return a stored value as the screens write it."""
        if not text:
            return "none"
        if field == "type":
            return self.types[text].name if text in self.types else text
        if field == "service_on":
            return dateformat.format(date.fromisoformat(text), "M j, Y")
        if field == "encounter":
            return self.encounters.get(text, "one that is not shown here")
        return str(SensitivityClass(text).label) if field == "sensitivity" else f"“{text}”"


def get_history(scope: ChartScope, document: Document, versions: list[DocumentVersion]) -> History:
    """Return the history of a document as the scope's person may read it.

    Three queries; two or three more where it was moved or described anew, however often.
    """
    moves = documents.list_moves(document)
    entries = documents.list_changes(document)
    known = _known(scope, moves, entries)
    found = [*_steps(document), *_versions(versions), *_told(known, moves, entries)]
    found.sort(key=lambda one: one.at, reverse=True)
    return History(found, sorted(known.people))


def _known(scope: ChartScope, moves: list[DocumentMove], entries: list[LogEntry]) -> _Known:
    charts = {key for move in moves for key in (move.from_patient_id, move.to_patient_id)}
    others = sorted(charts - {scope.patient_id})
    reader = scopes.list_scope(scope.actor) if others else None
    shown = lines.get_visible_lines(others, reader) if reader else []
    visits = {text for entry in entries for text in entry.changes_dict.get("encounter", [])}
    return _Known(
        own_id=scope.patient_id,
        classes=frozenset(scope.classes),
        people={line.patient_id: line for line in shown if not line.is_hidden},
        types=documents.map_types() if entries else {},
        encounters={
            str(one.pk): encounter_name(one.started_at, one.get_kind_display(), one.account_number)
            for one in encounters.list_shown(scope, [int(text) for text in visits if text])
        },
    )


def _steps(document: Document) -> Iterator[Happening]:
    for step in documents.list_status_changes(document):
        what, tone = STEPS[step.from_status, DocumentStatus(step.to_status)]
        yield Happening(step.changed_at, step.changed_by.display_name, what, step.reason, tone)


def _versions(versions: list[DocumentVersion]) -> Iterator[Happening]:
    for row in versions:
        if row.number > 1:
            what = f"put version {row.number} over it"
            yield Happening(row.created_at, row.created_by.display_name, what, row.reason)


def _told(known: _Known, moves: list[DocumentMove], entries: list[LogEntry]) -> Iterator[Happening]:
    """Tell moves and changes from the newest back.

    What was said while the document lay in a chart that the reader may not know of, or was of a
    class that they do not see, stays untold: so does all that is older.
    """
    rows: list[DocumentMove | LogEntry] = [*moves, *entries]
    rows.sort(key=lambda row: row.moved_at if isinstance(row, DocumentMove) else row.timestamp)
    is_told = True
    for row in reversed(rows):
        if isinstance(row, DocumentMove):
            is_told = is_told and known.knows(row.from_patient_id)
            yield _moved(known, row)
        else:
            is_told = is_told and known.may_read(row)
            yield _changed(known, row, is_told=is_told)


def _changed(known: _Known, entry: LogEntry, *, is_told: bool) -> Happening:
    pairs = entry.changes_dict
    said = [
        f"{label}: from {known.value(name, pairs[name][0])} to {known.value(name, pairs[name][1])}"
        for name, label in LABELS.items()
        if name in pairs
    ]
    untold = ", ".join(label for name, label in LABELS.items() if name in pairs)
    text = "\n".join(said) if is_told else f"{untold}. {UNTOLD_VALUES}"
    who = entry.actor.display_name if entry.actor else "Chartroom"
    return Happening(entry.timestamp, who, CHANGED, text)


def _moved(known: _Known, move: DocumentMove) -> Happening:
    """Say between which charts it moved; the reason may name the patient of the other one."""
    is_open = known.knows(move.from_patient_id) and known.knows(move.to_patient_id)
    what, text = f"moved it {_way(known, move)}", move.reason if is_open else UNTOLD_REASON
    if move.is_undoing:
        what, text = f"took the move back, {_way(known, move)}", ""
    return Happening(move.moved_at, move.moved_by.display_name, what, text, "warn")


def _way(known: _Known, move: DocumentMove) -> str:
    before, after = known.chart(move.from_patient_id), known.chart(move.to_patient_id)
    if move.to_patient_id == known.own_id:
        return f"here from {before}"
    return f"to {after}" if move.from_patient_id == known.own_id else f"from {before} to {after}"
