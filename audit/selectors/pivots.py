"""Turns the log round: everybody who saw a patient, every patient whom a person saw."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db import connection

from audit.enums import Outcome
from audit.selectors.events import Criteria, Part, about_part, lists_part, parts
from audit.selectors.places import COUNT, FIRST, LAST, NAME, Page, Place, Wanted, column_of, micros

# A person counts once by number; the system and strangers, who have none, by name: a number is
# made of it, below nought, where no person's is.
VIEWER = """
    CASE WHEN event.actor_id IS NULL THEN hashtextextended(event.actor_name, 0) | (1::bigint << 63)
         ELSE event.actor_id END AS id,
    event.actor_id, event.actor_name AS name, event.role,
    event.action, event.basis, event.outcome, event.occurred_at
"""
# What was done to or by one is put together by kind: a line is made of few of them.
DONE = "event.action, event.basis, event.outcome, event.occurred_at"
SEEN = f"NULL::bigint AS actor_id, '' AS name, '' AS role, {DONE}"
KINDS = """
    kinds AS (
        SELECT id, actor_id, name, role, action, basis, outcome, count(*) AS done,
               min(occurred_at) AS first_at, max(occurred_at) AS last_at
        FROM ({found}) AS found GROUP BY id, actor_id, name, role, action, basis, outcome
    )
"""
# Few people do few kinds of things many times: lines are made of the kinds.
LINES_OF_VIEWERS = """
    lines AS (
        SELECT id, (array_agg(name ORDER BY last_at DESC))[1] AS name, sum(done)::bigint AS count,
               min(first_at) AS first, max(last_at) AS last
        FROM kinds GROUP BY id
    )
"""
# A person sees many patients a few times each: lines are made of places and times alone, and what
# was done is looked up for the lines of the page.
LINES_OF_PATIENTS = """
    lines AS (
        SELECT id, count(*) AS count, min(occurred_at) AS first, max(occurred_at) AS last
        FROM ({found}) AS found GROUP BY id
    )
"""
PAGE = """
    page AS MATERIALIZED (
        SELECT id, count, first, last, {column} AS place FROM lines WHERE {beyond}
        ORDER BY {column} {direction}, id {direction} LIMIT %s
    )
"""
IN_JSON = """
    json_agg(json_build_array(kinds.actor_id, kinds.name, kinds.role, kinds.action, kinds.basis,
                              kinds.outcome, kinds.done) ORDER BY kinds.last_at DESC)::text
"""
SHOWN = f"""
    SELECT page.id, page.count, page.first, page.last, {IN_JSON}
    FROM page JOIN kinds ON kinds.id = page.id
    GROUP BY page.id, page.count, page.first, page.last, page.place
    ORDER BY page.place {{direction}}, page.id {{direction}}
"""
# Every line there is, in one go.
WHOLE = f"""
    SELECT id, count, first, last, done FROM (
        SELECT id, (array_agg(name ORDER BY last_at DESC))[1] AS name, sum(done)::bigint AS count,
               min(first_at) AS first, max(last_at) AS last, {IN_JSON} AS done
        FROM kinds GROUP BY id
    ) AS lines
    ORDER BY {{column}} {{direction}}, id {{direction}} LIMIT %s
"""
BEYOND = "({column}, id) {sign} (%s, %s)"
# A name stands in no address: it is looked up again, and the list begins anew where it is gone.
BEYOND_NAME = """
    coalesce((name, id) {sign} (SELECT at.name, at.id FROM lines AS at WHERE at.id = %s), true)
"""
NEWEST = f"-{LAST}"
PATIENT_ORDERS = tuple(f"{minus}{name}" for name in (COUNT, FIRST, LAST) for minus in ("", "-"))
VIEWER_ORDERS = (NAME, f"-{NAME}", *PATIENT_ORDERS)
Line = TypeVar("Line")


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


@dataclass(frozen=True, slots=True)
class _Row:
    """A line as the database gives it; the kinds of things done begin with the newest."""

    id: int
    count: int
    first_at: datetime
    last_at: datetime
    kinds: list[tuple[int | None, str, str, str, str, str, int]]

    @classmethod
    def read(cls, row: tuple[Any, ...]) -> _Row:
        number, count, first_at, last_at, kinds = row
        return cls(number, count, first_at, last_at, json.loads(kinds))

    def counted(self) -> tuple[Any, ...]:
        """Return how often, how often not done, first, last, how often each thing, and bases."""
        undone, actions, bases = 0, dict[str, int](), set[str]()
        for _actor_id, _name, _role, action, basis, outcome, done in self.kinds:
            undone += done if outcome != Outcome.SUCCESS else 0
            actions[action] = actions.get(action, 0) + done
            bases.add(basis)
        return self.count, undone, self.first_at, self.last_at, actions, sorted(bases - {""})

    def place(self, sort: str) -> Place:
        """Return where this line stands."""
        values = {COUNT: self.count, FIRST: micros(self.first_at), LAST: micros(self.last_at)}
        return Place(values.get(column_of(sort)), self.id)


def list_viewers(
    criteria: Criteria,
    *,
    most: int,
    sort: str = NEWEST,
    after: str = "",
    before: str = "",
) -> Page[Viewer]:
    """Return a page of everybody who saw the patient of `criteria`, lists included.

    `after` and `before` are places as addresses hold them. Whatever the page, the events of the
    period are gone through once: no page costs more than the first.
    """
    wanted = Wanted.read(most, known(sort, VIEWER_ORDERS), after, before)
    return _page(_viewers_query(criteria, wanted), wanted, _viewer)


def list_seen_patients(
    criteria: Criteria,
    *,
    most: int,
    sort: str = NEWEST,
    after: str = "",
    before: str = "",
) -> Page[SeenPatient]:
    """Return a page of the patients whom the person of `criteria` saw, lists included."""
    wanted = Wanted.read(most, known(sort, PATIENT_ORDERS), after, before)
    return _page(_patients_query(criteria, wanted), wanted, _seen_patient)


def stream_viewers(
    criteria: Criteria, *, most: int, sort: str = NEWEST, chunk: int = 2000
) -> Iterator[list[Viewer]]:
    """Yield everybody who saw the patient of `criteria`, in chunks of one reading of the log."""
    wanted = Wanted(most, known(sort, VIEWER_ORDERS))
    yield from _stream(_whole(_seers(criteria), wanted), _viewer, chunk)


def stream_seen_patients(
    criteria: Criteria, *, most: int, sort: str = NEWEST, chunk: int = 2000
) -> Iterator[list[SeenPatient]]:
    """Yield the patients whom the person of `criteria` saw, in chunks of one reading of the log."""
    wanted = Wanted(most, known(sort, PATIENT_ORDERS))
    yield from _stream(_whole(_seen(criteria, SEEN), wanted), _seen_patient, chunk)


def count_viewers(criteria: Criteria, *, most: int) -> int:
    """Return how many people saw the patient of `criteria`, counting no further than `most`."""
    return _count(_seers(criteria), most)


def count_seen_patients(criteria: Criteria, *, most: int) -> int:
    """Return how many patients the person of `criteria` saw, counting no further than `most`."""
    return _count(_seen(criteria, "event.occurred_at"), most)


def known(sort: str, orders: Sequence[str]) -> str:
    """Return an order that a pivot has: the one asked for, or the newest first."""
    return sort if sort in orders else NEWEST


def _viewers_query(criteria: Criteria, wanted: Wanted) -> Part:
    found, page = _seers(criteria), _page_part(wanted)
    kinds, shown = KINDS.format(found=found.text), SHOWN.format(direction=wanted.direction)
    text = f"WITH {kinds}, {LINES_OF_VIEWERS}, {page.text} {shown}"
    return Part(text, [*found.values, *page.values])


def _patients_query(criteria: Criteria, wanted: Wanted) -> Part:
    found, page = _seen(criteria, "event.occurred_at"), _page_part(wanted)
    done = _seen(criteria, SEEN, "IN (SELECT id FROM page)")
    lines, kinds = LINES_OF_PATIENTS.format(found=found.text), KINDS.format(found=done.text)
    text = f"WITH {lines}, {page.text}, {kinds} {SHOWN.format(direction=wanted.direction)}"
    return Part(text, [*found.values, *page.values, *done.values])


def _whole(found: Part, wanted: Wanted) -> Part:
    shown = WHOLE.format(column=column_of(wanted.sort), direction=wanted.direction)
    text = f"WITH {KINDS.format(found=found.text)} {shown}"
    return Part(text, [*found.values, wanted.most + 1])


def _seers(criteria: Criteria) -> Part:
    """Return what was done with a patient, and by whom."""
    return _union([Part(f"SELECT {VIEWER} {part.text}", part.values) for part in parts(criteria)])


def _seen(criteria: Criteria, columns: str, among: str = "IS NOT NULL") -> Part:
    """Return what a person did, a row for each patient, those `among` some only."""
    tables = {"event": about_part(criteria), "shown": lists_part(criteria)}
    return _union(
        [
            Part(
                f"SELECT {table}.patient_id AS id, {columns} {part.text}"
                f" AND {table}.patient_id {among}",
                part.values,
            )
            for table, part in tables.items()
        ]
    )


def _count(found: Part, most: int) -> int:
    query = f"SELECT count(*) FROM (SELECT DISTINCT id FROM ({found.text}) AS found LIMIT %s) AS n"
    with connection.cursor() as cursor:
        cursor.execute(query, [*found.values, most])
        return int(cursor.fetchone()[0])


def _union(found: Sequence[Part]) -> Part:
    text = " UNION ALL ".join(part.text for part in found)
    return Part(text, [value for part in found for value in part.values])


def _page_part(wanted: Wanted) -> Part:
    """Return the lines that begin behind a place, of one more than wanted."""
    column, place = column_of(wanted.sort), wanted.place
    beyond = BEYOND_NAME if column == NAME else BEYOND
    text = PAGE.format(
        column=column,
        direction=wanted.direction,
        beyond=beyond.format(column=column, sign=wanted.sign) if place else "true",
    )
    return Part(text, [*(place.compared(wanted.sort) if place else []), wanted.most + 1])


def _page(query: Part, wanted: Wanted, make: Callable[[_Row], Line]) -> Page[Line]:
    with connection.cursor() as cursor:
        cursor.execute(query.text, query.values)
        rows = [_Row.read(row) for row in cursor.fetchall()]
    shown = rows[: wanted.most]
    if wanted.is_backwards:
        shown.reverse()
    has_more = len(rows) > wanted.most
    has_previous = has_more if wanted.is_backwards else wanted.after is not None
    has_next = wanted.is_backwards or has_more
    return Page(
        [make(row) for row in shown],
        previous=shown[0].place(wanted.sort) if shown and has_previous else None,
        next=shown[-1].place(wanted.sort) if shown and has_next else None,
    )


def _stream(query: Part, make: Callable[[_Row], Line], chunk: int) -> Iterator[list[Line]]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(query.text, query.values)
        while rows := cursor.fetchmany(chunk):
            yield [make(_Row.read(row)) for row in rows]


def _viewer(row: _Row) -> Viewer:
    """Return somebody by the name and roles of the last event."""
    actor_id, name, role, *_ = row.kinds[0]
    return Viewer(actor_id, name, role, *row.counted())


def _seen_patient(row: _Row) -> SeenPatient:
    return SeenPatient(row.id, *row.counted())
