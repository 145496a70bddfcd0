"""The access log as tests read it."""

from django.db import connection

COLUMNS = (
    "id, actor_id, actor_name, role, action, purpose, basis, patient_id, subject_type, subject_id,"
    " outcome, detail, on_behalf_of_id"
)


def events_of(action="", outcome=""):
    """Every event of an action, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {COLUMNS} FROM audit_event WHERE (%s = '' OR action = %s)"
            " AND (%s = '' OR outcome = %s) ORDER BY id",
            [str(action), str(action), outcome, outcome],
        )
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return [row | {"detail": as_object(row["detail"])} for row in rows]


def as_object(value):
    import json

    return json.loads(value) if isinstance(value, str) else value


def last_event(action="", outcome=""):
    return events_of(action, outcome)[-1]


def shown_patients(event_id):
    """The patients that the event of a list names."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT patient_id FROM audit_eventsubject WHERE event_id = %s ORDER BY position",
            [event_id],
        )
        return [row[0] for row in cursor.fetchall()]
