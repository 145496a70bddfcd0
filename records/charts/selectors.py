"""Who has looked at a chart lately, for those who may know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from audit.enums import Action, Outcome
from audit.selectors import events
from audit.selectors.events import Criteria
from records.access.services.opening import ChartScope

MOST_EVENTS = 60
MOST_PEOPLE = 6


@dataclass(frozen=True)
class Look:
    """The latest look of one person."""

    name: str
    what: str
    at: datetime


def list_recent_looks(scope: ChartScope) -> list[Look]:
    """Return the latest look of each of the people who last saw the chart, newest first."""
    page = events.list_events(Criteria(patient_id=scope.patient_id), most=MOST_EVENTS)
    latest: dict[int | None, Look] = {}
    for row in page.events:
        refused = "" if row.outcome == Outcome.SUCCESS else ", refused"
        what = f"{Action(row.action).label}{refused}"
        latest.setdefault(row.actor_id, Look(row.actor_name, what, row.occurred_at))
    return list(latest.values())[:MOST_PEOPLE]
