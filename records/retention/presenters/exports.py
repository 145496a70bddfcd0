"""Rows of the files in which this room's lists leave the house, and what narrowed them."""

from __future__ import annotations

from printing import words
from records.retention.enums import HoldKind
from records.retention.models import Hold
from records.retention.presenters.due import Line

CHART_COLUMNS = (
    "Due from",
    "Patient",
    "Born",
    "Died",
    "MRN",
    "Unit",
    "Why then",
    "Citation",
    "What stands against it",
)
HOLD_COLUMNS = (
    "Matter",
    "Kind",
    "Issued by",
    "Issued on",
    "Patients",
    "Placed",
    "Placed by",
    "Ask again",
    "Lifted",
)
Row = tuple[str | int | None, ...]


def chart_row(line: Line) -> Row:
    """Return a chart that comes due, in the order of `CHART_COLUMNS`."""
    who = line.person
    return (
        line.eligible_on.isoformat() if line.eligible_on else "",
        words.person_name(who.family, who.given, who.middle, who.suffix),
        words.sortable_birth(who.birth_on, who.birth_precision),
        who.died_on.isoformat() if who.died_on else "",
        who.mrn,
        who.unit_name,
        line.why,
        line.cite,
        line.obstacle,
    )


def describe_holds(*, is_lifted: bool, hold_kind: str) -> list[tuple[str, str]]:
    """Return what narrows the list of holds, in words."""
    said = [("Holds", "lifted" if is_lifted else "standing")]
    if hold_kind:
        said.append(("Kind", str(HoldKind(hold_kind).label)))
    return said


def hold_row(hold: Hold) -> Row:
    """Return a hold as its list shows it, in the order of `HOLD_COLUMNS`."""
    return (
        hold.name,
        hold.get_kind_display(),
        hold.issuer,
        hold.issued_on.isoformat(),
        hold.patient_count,  # type: ignore[attr-defined]
        words.day(hold.placed_at),
        hold.placed_by.display_name,
        hold.remind_on.isoformat() if hold.remind_on else "",
        words.day(hold.lifted_at),
    )
