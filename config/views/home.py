"""My work: what waits for this person over all desks, oldest duty first."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.http import person
from accounts.models import User
from audit.enums import Action
from audit.http import requires
from audit.services import events
from config import navigation, team
from config.context import WAITING
from records.access import worklists
from records.access.worklists import WorkItem, WorkSource

OLDEST = 12
MOST_SHOWN = 24


@dataclass(frozen=True)
class Queue:
    """One queue in which something waits, with its number."""

    source: WorkSource
    count: int

    @property
    def icon(self) -> str:
        """The sign of the desk where it is worked."""
        desk = navigation.desk_of(self.source.url_name)
        return desk.icon if desk else "list-check"


@dataclass(frozen=True)
class Line:
    """One piece of work, with the queue that it waits in."""

    item: WorkItem
    queue: Queue


@requires()
def home(request: HttpRequest) -> HttpResponse:
    """Show the person's work and, to who leads a desk, how it lies with the team.

    Patients named on it stand in the event.
    """
    user = person(request)
    queues = _list_queues(user)
    counted = ((queue.source.url_name, queue.count) for queue in queues)
    setattr(request, WAITING, navigation.count_by_desk(counted))
    lines = [Line(item, queue) for queue in queues for item in queue.source.oldest(user, OLDEST)]
    shown = sorted(lines, key=_duty)[:MOST_SHOWN]
    patients = [line.item.patient_id for line in shown if line.item.patient_id]
    if patients or any(line.item.may_name_patient for line in shown):
        events.record(action=Action.HOME_VIEWED, patients=patients, durable=True)
    values = {
        "queues": queues,
        "lines": shown,
        "left": _count_left(queues, shown),
        "team": team.draw(worklists.list_team_queues(user)),
    }
    return render(request, "home.html", values)


def _list_queues(user: User) -> list[Queue]:
    found = [Queue(source, source.count(user)) for source in worklists.sources_for(user)]
    return [queue for queue in found if queue.count]


def _count_left(queues: list[Queue], shown: list[Line]) -> int:
    return max(0, sum(queue.count for queue in queues) - len(shown))


def _duty(line: Line) -> tuple[str, float]:
    due = line.item.due_on.isoformat() if line.item.due_on else "9999"
    since = line.item.since or timezone.now()
    return due, since.timestamp()
