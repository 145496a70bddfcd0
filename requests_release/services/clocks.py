"""By when a request is due, with the rule that says so."""

from __future__ import annotations

from datetime import date
from typing import Any

from records.access.selectors import units
from requests_release.enums import RequesterKind, RequestKind
from requests_release.rules import due_dates
from requests_release.rules.due_dates import DueFacts


def find_due(
    *, kind: str, requester: str, unit_id: int, received_on: date, stated_on: date | None
) -> dict[str, Any]:
    """Return the columns that tell by when a request is due; empty ones where no rule counts.

    The law's date counts where there is one, else the house's target.
    """
    facility = units.get_facility_of(unit_id)
    due = due_dates.find_due_date(
        DueFacts(
            kind=RequestKind(kind),
            requester=RequesterKind(requester),
            received_on=received_on,
            state=facility.state,
            record_class=facility.record_class,
            stated_on=stated_on,
        )
    )
    if due is None:
        return {"due_on": None, "due_force": "", "due_label": "", "due_cite": ""}
    return {
        "due_on": due.due_on,
        "due_force": due.rule.force,
        "due_label": due.rule.label,
        "due_cite": due.rule.cite,
    }
