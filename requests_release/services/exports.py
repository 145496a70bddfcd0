"""Takes lists of requests, and what was disclosed of a patient, out of the house as files."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from accounts.models import User
from audit.enums import Action, Basis, Purpose
from audit.services import tables
from audit.services.tables import Line, Record, Table, TakenOut
from printing import words
from records.patients.selectors import patients
from requests_release.presenters import exports as rows
from requests_release.presenters.boards import describe
from requests_release.selectors import boards, disclosures
from requests_release.selectors.boards import Filters
from requests_release.selectors.disclosures import DisclosureScope, Remains


def export_requests(
    *, actor: User, filters: Filters, kind: str, purpose: Purpose, today: date
) -> TakenOut:
    """Return the requests that this person may see, narrowed as the list is, as a file.

    `purpose` is what the person takes them out for.

    Raises:
        NotVisible: there is no such kind of file.
        TooMuchToExport: the list is too long for a file.
        AuditUnavailable: the export cannot be recorded.
    """
    table = Table(
        title="Release requests of",
        name="release-requests",
        columns=rows.REQUEST_COLUMNS,
        lines=_requests(actor, filters, today),
        about=describe(filters),
    )
    detail = {name: value for name, value in vars(filters).items() if value}
    detail |= {"of": detail["kind"]} if filters.kind else {}
    record = Record(
        action=Action.EXPORTED,
        purpose=purpose,
        basis=Basis.UNIT,
        detail={"list": "requests", **detail},
    )
    return tables.take_out(actor=actor, kind=kind, table=table, record=record)


def export_disclosures(*, scope: DisclosureScope, kind: str, purpose: Purpose) -> TakenOut:
    """Return everything that was disclosed of a patient as a file.

    Raises:
        NotVisible, TooMuchToExport, AuditUnavailable: as for requests.
    """
    whose = scope.whose
    who = whose.who if isinstance(whose, Remains) else patients.get_who(whose)
    name = words.person_name(who.family, who.given, who.middle, who.suffix)
    table = Table(
        title="Disclosures, by",
        name="disclosures",
        columns=rows.DISCLOSURE_COLUMNS,
        lines=_disclosures(scope),
        about=[("Patient", name), ("MRN", who.mrn)],
    )
    record = Record(
        action=Action.EXPORTED,
        purpose=purpose,
        basis=scope.basis,
        patient_id=scope.patient_id,
        detail={"list": "disclosures"},
    )
    return tables.take_out(actor=scope.actor, kind=kind, table=table, record=record)


def _requests(actor: User, filters: Filters, today: date) -> Iterator[Line]:
    for cards in boards.stream_list(actor, filters, today=today):
        for card in cards:
            yield Line(rows.request_row(card), (card.patient_id,))


def _disclosures(scope: DisclosureScope) -> Iterator[Line]:
    for one in disclosures.list_disclosures(scope)[: tables.MOST_LINES + 1]:
        yield Line(rows.disclosure_row(one), (scope.patient_id,))
