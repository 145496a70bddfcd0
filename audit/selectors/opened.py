"""What one person opened last, for that person."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from audit.enums import Action, Outcome

# A person who opens the same few charts all day is not read back further than this.
MOST_READ = 500
OPENED = f"""
    SELECT patient_id FROM (
        SELECT patient_id, occurred_at, id FROM audit_event
        WHERE actor_id = %s AND occurred_at >= %s AND action = %s AND outcome = %s
          AND patient_id IS NOT NULL
        ORDER BY occurred_at DESC, id DESC LIMIT {MOST_READ}
    ) AS latest
    GROUP BY patient_id ORDER BY max(occurred_at) DESC, max(id) DESC LIMIT %s
"""
ROLES_CHANGED = """
    SELECT max(occurred_at) FROM audit_event
    WHERE action = ANY(%s) AND occurred_at >= %s AND subject_type = 'user' AND subject_id = %s
"""


def list_opened(person_id: int, *, since: datetime, most: int) -> list[int]:
    """Return the patients whose charts the person opened since then, the last one first."""
    action, outcome = str(Action.CHART_OPENED), str(Outcome.SUCCESS)
    with connection.cursor() as cursor:
        cursor.execute(OPENED, [person_id, since, action, outcome, most])
        return [patient_id for (patient_id,) in cursor.fetchall()]


def get_roles_changed_at(person_id: int, *, since: datetime) -> datetime | None:
    """Return when a role was last given to the person or taken, if that was since then."""
    actions = [Action.ROLE_GRANTED, Action.ROLE_REVOKED]
    with connection.cursor() as cursor:
        cursor.execute(ROLES_CHANGED, [[str(one) for one in actions], since, str(person_id)])
        found: datetime | None = cursor.fetchone()[0]
        return found
