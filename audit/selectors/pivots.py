"""Turns the log round: everybody who saw a patient, every patient whom a person saw."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from audit.selectors.events import Criteria, Part, about_part, lists_part, parts

# A person counts once by number; the system and strangers, who have none, by name.
GROUP_VIEWERS = """
    SELECT actor_id, (array_agg(actor_name ORDER BY occurred_at DESC))[1],
           (array_agg(role ORDER BY occurred_at DESC))[1], count(*),
           count(*) FILTER (WHERE outcome <> 'SUCCESS'), min(occurred_at), max(occurred_at),
           jsonb_object_agg(action, done), array_remove(array_agg(DISTINCT basis), '')
    FROM (
        SELECT found.*, count(*) OVER (
            PARTITION BY actor_id, CASE WHEN actor_id IS NULL THEN actor_name END, action
        ) AS done
        FROM ({found}) AS found
    ) AS counted
    GROUP BY actor_id, CASE WHEN actor_id IS NULL THEN actor_name END
    ORDER BY {order}
    LIMIT %s
"""
GROUP_PATIENTS = """
    SELECT patient_id, count(*), count(*) FILTER (WHERE outcome <> 'SUCCESS'),
           min(occurred_at), max(occurred_at),
           jsonb_object_agg(action, done), array_remove(array_agg(DISTINCT basis), '')
    FROM (
        SELECT found.*, count(*) OVER (PARTITION BY patient_id, action) AS done
        FROM ({found}) AS found
    ) AS counted
    GROUP BY patient_id
    ORDER BY {order}
    LIMIT %s
"""
VIEWER_ORDERS = {
    "name": "2, 1",
    "-name": "2 DESC, 1",
    "count": "4, 1",
    "-count": "4 DESC, 1",
    "first": "6, 1",
    "-first": "6 DESC, 1",
    "last": "7, 1",
    "-last": "7 DESC, 1",
}
PATIENT_ORDERS = {
    "count": "2, 1",
    "-count": "2 DESC, 1",
    "first": "4, 1",
    "-first": "4 DESC, 1",
    "last": "5, 1",
    "-last": "5 DESC, 1",
}
NEWEST = "-last"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who saw, or tried to see, a patient."""

    actor_id: int | None
    actor_name: str
    role: str
    count: int
    refused_count: int
    first_at: datetime
    last_at: datetime
    actions: dict[str, int]
    bases: list[str]


@dataclass(frozen=True, slots=True)
class SeenPatient:
    """A patient whom a person saw, or tried to see."""

    patient_id: int
    count: int
    refused_count: int
    first_at: datetime
    last_at: datetime
    actions: dict[str, int]
    bases: list[str]


def list_viewers(criteria: Criteria, *, most: int, sort: str = NEWEST) -> list[Viewer]:
    """Return everybody who saw the patient of `criteria`, lists included."""
    columns = (
        "event.actor_id, event.actor_name, event.role, event.outcome, event.occurred_at,"
        " event.action, event.basis"
    )
    found = [Part(f"SELECT {columns} {part.text}", part.values) for part in parts(criteria)]
    order = VIEWER_ORDERS.get(sort, VIEWER_ORDERS[NEWEST])
    return [Viewer(*_counted(row)) for row in _fetch(GROUP_VIEWERS, order, found, most)]


def list_seen_patients(criteria: Criteria, *, most: int, sort: str = NEWEST) -> list[SeenPatient]:
    """Return every patient whom the person of `criteria` saw, lists included."""
    columns = "event.outcome, event.occurred_at, event.action, event.basis"
    about, lists = about_part(criteria), lists_part(criteria)
    found = [
        Part(
            f"SELECT event.patient_id, {columns} {about.text} AND event.patient_id IS NOT NULL",
            about.values,
        ),
        Part(f"SELECT shown.patient_id, {columns} {lists.text}", lists.values),
    ]
    order = PATIENT_ORDERS.get(sort, PATIENT_ORDERS[NEWEST])
    return [SeenPatient(*_counted(row)) for row in _fetch(GROUP_PATIENTS, order, found, most)]


def _fetch(template: str, order: str, found: list[Part], most: int) -> list[tuple[Any, ...]]:
    union = " UNION ALL ".join(part.text for part in found)
    with connection.cursor() as cursor:
        cursor.execute(
            template.format(found=union, order=order),
            [*(value for part in found for value in part.values), most],
        )
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _counted(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the row with how often each action was done, which the database gives as JSON."""
    *before, actions, bases = row
    return (*before, json.loads(actions), bases)
