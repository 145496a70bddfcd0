"""The trail as tests read it."""

from __future__ import annotations

from audit.enums import Action
from audit.models import Event, EventSubject


def events_of(*actions: Action) -> list[Event]:
    """The events of these actions, oldest first."""
    return list(Event.objects.filter(action__in=actions).order_by("id"))


def facts_of(*actions: Action) -> list[tuple]:
    """Action, outcome, actor, subject and detail of each event, oldest first."""
    return [
        (event.action, event.outcome, event.actor_id, event.subject_id, event.detail)
        for event in events_of(*actions)
    ]


def count_events() -> int:
    return Event.objects.count()


def shown_in(event: Event) -> list[int]:
    """The patients whom the event of a list names."""
    rows = EventSubject.objects.filter(event_id=event.id).order_by("position")
    return list(rows.values_list("patient_id", flat=True))
