"""Who has looked at a chart lately, for those who may know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from audit.enums import Action, Outcome
from audit.selectors import looks
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
    found = looks.list_latest_by_person(
        scope.patient_id, most_events=MOST_EVENTS, most_people=MOST_PEOPLE
    )
    return [Look(row.actor_name, _what(row), row.occurred_at) for row in found]


def _what(look: looks.Look) -> str:
    refused = "" if look.outcome == Outcome.SUCCESS else ", refused"
    return f"{Action(look.action).label}{refused}"
