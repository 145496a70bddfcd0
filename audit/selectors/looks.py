"""Who did something with a patient's chart last: a few people, read from the newest events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

# The newest events about the patient, and those of the newest lists that showed the patient. Both
# are bounded before they meet, so that the cost does not grow with what the trail holds.
LATEST = """
    SELECT actor_name, action, outcome, occurred_at FROM (
        SELECT DISTINCT ON (actor_id) actor_id, actor_name, action, outcome, occurred_at, id
        FROM (
            (SELECT actor_id, actor_name, action, outcome, occurred_at, id FROM audit_event
             WHERE patient_id = %(patient)s
             ORDER BY occurred_at DESC, id DESC LIMIT %(events)s)
            UNION ALL
            (SELECT event.actor_id, event.actor_name, event.action, event.outcome,
                    event.occurred_at, event.id
             FROM (SELECT occurred_at, event_id FROM audit_eventsubject
                   WHERE patient_id = %(patient)s
                   ORDER BY occurred_at DESC, event_id DESC LIMIT %(events)s) AS shown
             JOIN audit_event AS event
               ON event.occurred_at = shown.occurred_at AND event.id = shown.event_id)
        ) AS newest
        ORDER BY actor_id, occurred_at DESC, id DESC
    ) AS look
    ORDER BY occurred_at DESC, id DESC LIMIT %(people)s
"""


@dataclass(frozen=True, slots=True)
class Look:
    """The latest event of one person, or of the system, that touched a patient."""

    actor_name: str
    action: str
    outcome: str
    occurred_at: datetime


def list_latest_by_person(patient_id: int, *, most_events: int, most_people: int) -> list[Look]:
    """Return the latest event of each person, newest first.

    Only the newest `most_events` about the patient, and as many of the newest lists that showed
    the patient, are looked at.
    """
    values = {"patient": patient_id, "events": most_events, "people": most_people}
    with connection.cursor() as cursor:
        cursor.execute(LATEST, values)
        return [Look(*row) for row in cursor.fetchall()]
