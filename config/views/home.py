"""My work: what waits for this person over all desks, oldest duty first."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.http import person
from audit.enums import Action
from audit.http import requires
from audit.services import events
from records.access import worklists
from records.access.worklists import WorkItem, WorkSource

OLDEST = 12


@dataclass(frozen=True)
class Queue:
    """One queue of the page with its number."""

    source: WorkSource
    count: int


@requires()
def home(request: HttpRequest) -> HttpResponse:
    """Show the person's work; patients named on it stand in the event."""
    user = person(request)
    queues = [Queue(source, source.count(user)) for source in worklists.sources_for(user)]
    items = [item for queue in queues if queue.count for item in queue.source.oldest(user, OLDEST)]
    items.sort(key=_duty)
    shown = items[: OLDEST * 2]
    patients = [item.patient_id for item in shown if item.patient_id]
    if patients:
        events.record(action=Action.HOME_VIEWED, patients=patients, durable=True)
    values = {"queues": queues, "items": shown, "today": timezone.localdate()}
    return render(request, "home.html", values)


def _duty(item: WorkItem) -> tuple[str, float]:
    due = item.due_on.isoformat() if item.due_on else "9999"
    return due, item.since.timestamp()
