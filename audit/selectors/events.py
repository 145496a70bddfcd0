"""Reads the access log: by person, patient, action, outcome, basis, period and request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

from audit.enums import Action, Outcome

SHOWN = """
    event.id, event.occurred_at, event.actor_id, event.actor_name, event.on_behalf_of_id,
    event.role, event.action, event.purpose, event.basis, event.patient_id, event.subject_type,
    event.subject_id, event.outcome, event.request_id, event.session_digest,
    host(event.client_address), event.detail::text, (
        SELECT count(*) FROM audit_eventsubject AS shown
        WHERE shown.event_id = event.id AND shown.occurred_at = event.occurred_at
    )
"""
EVENTS = "audit_event AS event"
LISTS = """
    audit_eventsubject AS shown
    JOIN audit_event AS event ON event.id = shown.event_id AND event.occurred_at = shown.occurred_at
"""
MICROSECOND = timedelta(microseconds=1)
DAWN = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Criteria:
    """What part of the log is wanted; what is None or empty does not narrow it.

    `subjects` are types and ids of what the events are about: the one asked for, then its parts.
    """

    person_id: int | None = None
    patient_id: int | None = None
    action: str = ""
    outcome: str = ""
    basis: str = ""
    since: datetime | None = None
    until: datetime | None = None
    subjects: tuple[tuple[str, str], ...] = ()
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event as the log shows it; `detail` is JSON text, `shown_count` counts listed patients."""

    id: int
    occurred_at: datetime
    actor_id: int | None
    actor_name: str
    on_behalf_of_id: int | None
    role: str
    action: str
    purpose: str
    basis: str
    patient_id: int | None
    subject_type: str
    subject_id: str
    outcome: str
    request_id: str
    session_digest: str
    client_address: str | None
    detail: str
    shown_count: int

    @property
    def subject(self) -> tuple[str, str]:
        """Return type and id of what the event is about; both empty where it is about nothing."""
        return self.subject_type, self.subject_id

    @property
    def key(self) -> Key:
        """Return where this event stands in the log."""
        return Key(self.occurred_at, self.id)


@dataclass(frozen=True, slots=True)
class Key:
    """A place in the log between two events, as it stands in an address."""

    occurred_at: datetime
    id: int

    def __str__(self) -> str:
        return f"{(self.occurred_at - DAWN) // MICROSECOND}-{self.id}"

    @classmethod
    def parse(cls, text: str) -> Key | None:
        """Return the key that an address holds, or None for anything else."""
        moment, _, number = text.partition("-")
        if not (moment.isdecimal() and number.isdecimal() and len(text) <= 40):
            return None
        try:
            return cls(DAWN + int(moment) * MICROSECOND, int(number))
        except OverflowError:
            return None


@dataclass(frozen=True, slots=True)
class Page:
    """Some events, newest first, and the keys of the pages around them."""

    events: list[EventRow]
    newer: Key | None
    older: Key | None


@dataclass(frozen=True, slots=True)
class Part:
    """`FROM … WHERE …` of events that are wanted (always called `event`), with its values."""

    text: str
    values: list[Any]


@dataclass(frozen=True, slots=True)
class RowChangeRow:
    """What a request changed in a table, without values."""

    occurred_at: datetime
    table_name: str
    operation: str
    keys: list[str]
    columns: list[str]


def list_events(
    criteria: Criteria, *, most: int, after: Key | None = None, before: Key | None = None
) -> Page:
    """Return a page of the log, newest first: older than `after`, or newer than `before`.

    The cost does not grow with how far back one has paged. With a patient, lists that showed the
    patient count too.
    """
    is_newer = before is not None
    rows = _select(criteria, before or after, is_newer=is_newer, most=most + 1)
    has_more = len(rows) > most
    rows = rows[:most]
    if is_newer:
        rows.reverse()
    has_newer, has_older = (has_more, True) if is_newer else (after is not None, has_more)
    return Page(
        rows,
        newer=rows[0].key if rows and has_newer else None,
        older=rows[-1].key if rows and has_older else None,
    )


def stream_events(criteria: Criteria, *, chunk: int = 2000) -> Iterator[list[EventRow]]:
    """Yield the events wanted, newest first, in chunks that cost the same each."""
    rows = _select(criteria, None, is_newer=False, most=chunk)
    while rows:
        yield rows
        rows = _select(criteria, rows[-1].key, is_newer=False, most=chunk)


def count_events(criteria: Criteria, *, most: int) -> int:
    """Return how many events are wanted, counting no further than `most`."""
    found = " UNION ALL ".join(f"(SELECT 1 {part.text} LIMIT %s)" for part in parts(criteria))
    values = [value for part in parts(criteria) for value in (*part.values, most)]
    query = f"SELECT count(*) FROM ({found}) AS found"
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return min(int(cursor.fetchone()[0]), most)


def get_event(event_id: int) -> EventRow | None:
    """Return an event by its number."""
    query = f"SELECT {SHOWN} FROM {EVENTS} WHERE event.id = %s"
    return next(iter(_rows(query, [event_id])), None)


def get_last_verification() -> EventRow | None:
    """Return the newest event that tells of the trail's verification."""
    return _get_newest(Criteria(action=Action.TRAIL_VERIFIED))


def get_verification_asked(*, since: datetime) -> EventRow | None:
    """Return the event that asked for a verification, if none was finished after it.

    What was asked for before `since` has come to nothing: it is over too.
    """
    done = Criteria(action=Action.TRAIL_VERIFICATION_ASKED, outcome=Outcome.SUCCESS, since=since)
    asked = _get_newest(done)
    last = get_last_verification()
    is_over = asked and last and (last.occurred_at, last.id) > (asked.occurred_at, asked.id)
    return None if is_over else asked


def _get_newest(criteria: Criteria) -> EventRow | None:
    return next(iter(list_events(criteria, most=1).events), None)


def count_by_time(criteria: Criteria, *, is_hourly: bool, zone: str) -> dict[datetime, int]:
    """Return how many events there were in each day (or hour) of a time zone that had any."""
    unit = "hour" if is_hourly else "day"
    found = " UNION ALL ".join(f"SELECT event.occurred_at {part.text}" for part in parts(criteria))
    values = [value for part in parts(criteria) for value in part.values]
    query = f"""
        SELECT date_trunc(%s, occurred_at, %s) AS start, count(*)
        FROM ({found}) AS found GROUP BY 1 ORDER BY 1
    """
    with connection.cursor() as cursor:
        cursor.execute(query, [unit, zone, *values])
        return dict(cursor.fetchall())


def list_shown_patients(event: EventRow) -> list[int]:
    """Return the patients that a list showed, in the order shown."""
    query = """
        SELECT patient_id FROM audit_eventsubject
        WHERE event_id = %s AND occurred_at = %s ORDER BY position
    """
    with connection.cursor() as cursor:
        cursor.execute(query, [event.id, event.occurred_at])
        return [patient_id for (patient_id,) in cursor.fetchall()]


def map_shown_patients(events: Sequence[EventRow]) -> dict[int, list[int]]:
    """Return the patients that lists showed, in the order shown, by the event's number."""
    lists = [event for event in events if event.shown_count]
    if not lists:
        return {}
    query = """
        SELECT event_id, array_agg(patient_id ORDER BY position) FROM audit_eventsubject
        WHERE event_id = ANY(%s) AND occurred_at BETWEEN %s AND %s GROUP BY event_id
    """
    moments = [event.occurred_at for event in lists]
    values: list[Any] = [[event.id for event in lists], min(moments), max(moments)]
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return dict(cursor.fetchall())


def list_row_changes(request_id: str, *, most: int) -> list[RowChangeRow]:
    """Return what a request changed in tracked tables, in order."""
    query = """
        SELECT occurred_at, table_name, operation, keys, columns FROM audit_rowchange
        WHERE request_id = %s ORDER BY occurred_at, id LIMIT %s
    """
    with connection.cursor() as cursor:
        cursor.execute(query, [request_id, most])
        return [RowChangeRow(*row) for row in cursor.fetchall()]


def parts(criteria: Criteria, key: Key | None = None, *, is_newer: bool = False) -> list[Part]:
    """Return where the events wanted come from: one part, or two that have no event in common.

    With a patient these are the events about the patient, and the lists that showed the patient.
    """
    about = about_part(criteria, key, is_newer=is_newer)
    if criteria.patient_id is None:
        return [about]
    return [about, lists_part(criteria, key, is_newer=is_newer)]


def about_part(criteria: Criteria, key: Key | None = None, *, is_newer: bool = False) -> Part:
    """Return the events, those about the patient if there is one in `criteria`."""
    places = ["(event.occurred_at, event.id)"]
    tests = [("event.patient_id = %s", criteria.patient_id)]
    return _part(EVENTS, places, tests, criteria, key, is_newer=is_newer)


def lists_part(criteria: Criteria, key: Key | None = None, *, is_newer: bool = False) -> Part:
    """Return lists and the patients `shown` there, without those that the event itself is about."""
    # Bounds stand on both tables, so that partitions of both are left out by them.
    places = ["(event.occurred_at, event.id)", "(shown.occurred_at, shown.event_id)"]
    tests = [("shown.patient_id = %s", criteria.patient_id)]
    part = _part(LISTS, places, tests, criteria, key, is_newer=is_newer)
    return Part(f"{part.text} AND event.patient_id IS DISTINCT FROM shown.patient_id", part.values)


def _part(
    tables: str,
    places: list[str],
    tests: list[tuple[str, Any]],
    criteria: Criteria,
    key: Key | None,
    *,
    is_newer: bool,
) -> Part:
    for place in places:
        moment = place[1:].partition(",")[0]
        tests.append((f"{moment} >= %s", criteria.since))
        tests.append((f"{moment} < %s", criteria.until))
        sign = ">" if is_newer else "<"
        tests.append((f"{place} {sign} %s", key and (key.occurred_at, key.id)))
    tests.append(("event.actor_id = %s", criteria.person_id))
    tests.append(("event.action = %s", criteria.action))
    tests.append(("event.outcome = %s", criteria.outcome))
    tests.append(("event.basis = %s", criteria.basis))
    about = [" ".join(subject) for subject in criteria.subjects]
    tests.append(("event.subject_type || ' ' || event.subject_id = ANY(%s)", about or None))
    tests.append(("event.request_id = %s", criteria.request_id))
    used = [(text, value) for text, value in tests if value not in (None, "")]
    condition = " AND ".join(["true", *(text for text, _ in used)])
    return Part(f"FROM {tables} WHERE {condition}", [value for _, value in used])


def _select(criteria: Criteria, key: Key | None, *, is_newer: bool, most: int) -> list[EventRow]:
    direction = "ASC" if is_newer else "DESC"
    order = f"ORDER BY occurred_at {direction}, id {direction} LIMIT {most:d}"
    found = parts(criteria, key, is_newer=is_newer)
    union = " UNION ALL ".join(f"(SELECT {SHOWN} {part.text} {_of_event(order)})" for part in found)
    query = f"SELECT * FROM ({union}) AS found {order}"
    return _rows(query, [value for part in found for value in part.values])


def _of_event(order: str) -> str:
    return order.replace("occurred_at", "event.occurred_at").replace(" id", " event.id")


def _rows(query: str, values: list[Any]) -> list[EventRow]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return [EventRow(*row) for row in cursor.fetchall()]
