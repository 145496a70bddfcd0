"""Takes the lists of charts that come due, and of holds, out of the house as files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from accounts.models import User
from audit.enums import Action, Basis, Purpose
from audit.services import tables
from audit.services.tables import Line, Record, Table, TakenOut
from records.access.selectors import scopes
from records.access.selectors.scopes import ListScope
from records.patients.selectors import lines as directory
from records.retention.presenters import due as presenter
from records.retention.presenters import exports as rows
from records.retention.selectors import charts, due, holds
from records.retention.selectors.due import Wanted


def export_charts(
    *,
    actor: User,
    wanted: Wanted,
    kind: str,
    purpose: Purpose,
    today: date,
    said: Iterable[tuple[str, str]],
    filters: Mapping[str, Any],
) -> TakenOut:
    """Return the charts of a list that this person may open as a file.

    `said` is what narrowed the list in words, `filters` the same as ids and codes; `purpose` is
    what the person takes it out for.

    Raises:
        NotVisible: there is no such kind of file.
        TooMuchToExport: the list is too long for a file.
        AuditUnavailable: the export cannot be recorded.
    """
    table = Table(
        title="Charts by the end of their term, of",
        name="retention",
        columns=rows.CHART_COLUMNS,
        lines=_charts(scopes.list_scope(actor), wanted, today),
        about=said,
    )
    record = Record(
        action=Action.EXPORTED,
        purpose=purpose,
        basis=Basis.UNIT,
        detail={"list": "charts", **filters},
    )
    return tables.take_out(actor=actor, kind=kind, table=table, record=record)


def export_holds(
    *, actor: User, is_lifted: bool, hold_kind: str, kind: str, purpose: Purpose
) -> TakenOut:
    """Return the holds of a list as a file; it names matters, no patients.

    `hold_kind` is one of `HoldKind`, or empty for every kind.

    Raises:
        NotVisible, TooMuchToExport, AuditUnavailable: as for charts.
    """
    table = Table(
        title="Holds of",
        name="holds",
        columns=rows.HOLD_COLUMNS,
        lines=_holds(is_lifted, hold_kind),
        about=rows.describe_holds(is_lifted=is_lifted, hold_kind=hold_kind),
    )
    record = Record(
        action=Action.EXPORTED,
        purpose=purpose,
        detail={"list": "holds", "lifted": is_lifted} | ({"of": hold_kind} if hold_kind else {}),
    )
    return tables.take_out(actor=actor, kind=kind, table=table, record=record)


def _charts(scope: ListScope, wanted: Wanted, today: date) -> Iterator[Line]:
    for patient_ids in due.stream_ids(scope, wanted):
        people, known = directory.get_lines(patient_ids), charts.map_facts(patient_ids)
        for line in presenter.lines(people, known, today):
            yield Line(rows.chart_row(line), (line.person.patient_id,))


def _holds(is_lifted: bool, kind: str) -> Iterator[Line]:
    for found in holds.stream_holds(is_lifted=is_lifted, kind=kind):
        for hold in found:
            yield Line(rows.hold_row(hold))
