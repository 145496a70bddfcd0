"""Charts by when they come due, in pages that cost the same wherever they are."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core import signing
from django.db import connection
from django.db.models import Sum

from records.access.selectors.scopes import ListScope
from records.retention.models import DueCount

PAGE = 50
CHUNK = 2000
MOST = 500
SALT = "retention.due"
# One short walk down the index for each unit, merged: neither the number of charts nor how they
# are spread over the units decides the cost.
UNIT_WALK = """
SELECT walk.patient_id, walk.eligible_on
  FROM unnest(%(units)s::bigint[]) AS unit (id)
 CROSS JOIN LATERAL (
       SELECT e.patient_id, e.eligible_on FROM retention_evaluation e
        WHERE e.unit_id = unit.id AND {where}
        ORDER BY {order} LIMIT %(many)s) walk
"""
SINGLE_WALK = """
(SELECT e.patient_id, e.eligible_on FROM retention_evaluation e
  WHERE e.unit_id <> ALL(%(scope_units)s::bigint[]) AND {single} AND {where}
  ORDER BY {order} LIMIT %(many)s)
"""
IS_HELD = """EXISTS (SELECT FROM retention_holdpatient held
                      WHERE held.patient_id = e.patient_id AND held.lifted_at IS NULL)"""
IN_BATCH = """EXISTS (SELECT FROM retention_batchitem item
                       WHERE item.patient_id = e.patient_id AND item.outcome = 'WAITING')"""
HELD, FREE = "held", "free"


@dataclass(frozen=True)
class Wanted:
    """Which charts a list shows: a period of due dates, or those without a date."""

    since: date | None = None
    until: date | None = None
    unit_id: int | None = None
    standing: str = ""
    block: str = ""
    is_blocked: bool = False


@dataclass(frozen=True)
class Page:
    """One page of patients' ids in order; `next_key` is empty on the last."""

    patient_ids: list[int]
    next_key: str
    is_first: bool


@dataclass(frozen=True)
class YearCount:
    """How many charts come due in a year, and how many of them are held."""

    year: int
    charts: int
    held: int


def list_page(scope: ListScope, wanted: Wanted, *, after: str = "") -> Page:
    """Return the page behind the key `after`; a key of no use begins anew."""
    key = _read_key(after)
    rows = _walk(scope, wanted, key, PAGE + 1)
    next_key = _write_key(rows[PAGE - 1]) if len(rows) > PAGE else ""
    return Page([row[0] for row in rows[:PAGE]], next_key, key is None)


def stream_ids(scope: ListScope, wanted: Wanted) -> Iterator[list[int]]:
    """Yield the charts of a whole list in its order, in chunks that cost the same each."""
    key: tuple[int, str | None] | None = None
    while rows := _walk(scope, wanted, key, CHUNK):
        yield [row[0] for row in rows]
        if len(rows) < CHUNK:
            return
        patient_id, day = rows[-1]
        key = (patient_id, day.isoformat() if day else None)


def count_charts(scope: ListScope, wanted: Wanted, *, most: int) -> int:
    """Return how many charts a list has, counting no further than `most`."""
    return len(_walk(scope, wanted, None, most))


def list_for_batch(scope: ListScope, wanted: Wanted, *, most: int = MOST) -> list[int]:
    """Return the charts of a list that a single batch can take: free of holds, first due first."""
    return [row[0] for row in _walk(scope, wanted, None, most, "AND NOT " + IS_HELD)]


def only_visible(scope: ListScope, patient_ids: Sequence[int]) -> list[int]:
    """Return those of the patients whose charts the person may open, in the order given."""
    sql = f"""
        SELECT p.chart_id FROM patients_patient p
         WHERE p.chart_id = ANY(%(ids)s)
           AND (p.unit_id = ANY(%(scope_units)s::bigint[])
                OR {scope.where_single("p.chart_id")})
    """
    values: dict[str, Any] = {**scope.params, "ids": list(patient_ids)}
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        visible = {row[0] for row in cursor.fetchall()}
    return [patient_id for patient_id in patient_ids if patient_id in visible]


def count_years(scope: ListScope) -> list[YearCount]:
    """Return the counts of the person's units by year, as of the last evaluation."""
    rows = (
        DueCount.objects.filter(unit_id__in=scope.unit_ids)
        .values("year")
        .annotate(charts=Sum("chart_count"), held=Sum("held_count"))
        .order_by("year")
    )
    return [YearCount(row["year"], row["charts"], row["held"]) for row in rows]


def _walk(
    scope: ListScope, wanted: Wanted, key: tuple[int, str | None] | None, many: int, more: str = ""
) -> list[tuple[int, date | None]]:
    units = scope.unit_ids
    if wanted.unit_id is not None:
        units = [wanted.unit_id] if wanted.unit_id in units else []
    where, order = _conditions(wanted, key)
    where += f" AND NOT {IN_BATCH} {more}" if more else ""
    parts = [UNIT_WALK.format(where=where, order=order)]
    if wanted.unit_id is None and (scope.single_ids is None or scope.single_ids):
        single = scope.where_single("e.patient_id")
        parts.append(SINGLE_WALK.format(single=single, where=where, order=order))
    numbered = "2, 1" if not wanted.is_blocked else "1"
    sql = f"{' UNION ALL '.join(parts)} ORDER BY {numbered} LIMIT %(many)s"
    values: dict[str, Any] = {**scope.params, "units": units, "many": many, **vars(wanted)}
    values |= {"key_id": key[0], "key_on": key[1]} if key else {}
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def _conditions(wanted: Wanted, key: tuple[int, str | None] | None) -> tuple[str, str]:
    """Return the WHERE of the walk and the order of its index."""
    if wanted.is_blocked:
        where = "e.block <> ''" + (" AND e.block = %(block)s" if wanted.block else "")
        where += " AND e.patient_id > %(key_id)s" if key else ""
        return where, "e.patient_id"
    where = "e.block = ''"
    where += " AND e.eligible_on >= %(since)s" if wanted.since else ""
    where += " AND e.eligible_on <= %(until)s" if wanted.until else ""
    where += f" AND {IS_HELD}" if wanted.standing == HELD else ""
    where += f" AND NOT {IS_HELD}" if wanted.standing == FREE else ""
    where += " AND (e.eligible_on, e.patient_id) > (%(key_on)s, %(key_id)s)" if key else ""
    return where, "e.eligible_on, e.patient_id"


def _write_key(row: tuple[int, date | None]) -> str:
    """Return the place of a row, signed: it holds no more than the page itself shows."""
    return signing.Signer(salt=SALT).sign_object([row[0], row[1] and row[1].isoformat()])


def _read_key(text: str) -> tuple[int, str | None] | None:
    try:
        patient_id, day = signing.Signer(salt=SALT).unsign_object(text)
    except (signing.BadSignature, ValueError, json.JSONDecodeError):
        return None
    return patient_id, day
