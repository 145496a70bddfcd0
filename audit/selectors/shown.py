"""Which pages of documents one person was shown."""

from __future__ import annotations

from typing import Any

from django.db import connection

from audit.enums import Action, Outcome

# By time and id, as written: the clock of whoever asks plays no part. A thumbnail cannot be read.
PAGES = """
    SELECT DISTINCT shown.subject_id::bigint,
           (shown.detail ->> 'version')::int, (shown.detail ->> 'page')::int
      FROM audit_event shown
     WHERE shown.patient_id = %(patient)s AND shown.actor_id = %(person)s
       AND shown.action = %(viewed)s AND shown.outcome = %(outcome)s
       AND NOT shown.detail ? 'thumbnail'
       AND (shown.occurred_at, shown.id) > (
           SELECT mark.occurred_at, mark.id FROM audit_event mark
            WHERE mark.patient_id = %(patient)s AND mark.action = %(after)s
              AND mark.subject_type = %(subject_type)s AND mark.subject_id = %(subject_id)s
            ORDER BY mark.occurred_at DESC, mark.id DESC LIMIT 1)
"""


def list_pages_shown(
    person_id: int, *, patient_id: int, after: Action, subject_type: str, subject_id: int
) -> set[tuple[int, int, int]]:
    """Return (document, version, page) of what a person was shown since the last event `after`.

    That event is of the patient and of the subject; where there is none, nothing was shown since.
    """
    params: dict[str, Any] = {
        "patient": patient_id,
        "person": person_id,
        "viewed": str(Action.DOCUMENT_PAGE_VIEWED),
        "outcome": str(Outcome.SUCCESS),
        "after": str(after),
        "subject_type": subject_type,
        "subject_id": str(subject_id),
    }
    with connection.cursor() as cursor:
        cursor.execute(PAGES, params)
        return {(document, version, page) for document, version, page in cursor.fetchall()}
