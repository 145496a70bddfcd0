"""Directory lines: the little that a list says of a patient to somebody who may know of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import connection

from records.access.selectors.scopes import ListScope

LINES = """
SELECT p.chart_id, p.family, p.given, p.middle, p.suffix, p.birth_on, p.birth_precision, p.sex,
       p.mrn, p.unit_id, u.name, p.last_seen_on, p.died_on, p.status, p.destroyed_on,
       u.sensitivity_classes <> '{}'
  FROM patients_patient p JOIN access_custodyunit u ON u.id = p.unit_id
 WHERE p.chart_id = ANY(%s)
"""
UNIT = 9  # of the columns above


@dataclass(frozen=True)
class DirectoryLine:
    """One patient as the directory shows them; `why` says what matched if not the name.

    `is_hidden` stands for somebody of a unit that this person may not know of: every other field
    but the key is empty. `is_unit_telling`: the unit keeps a protected class, so that its name
    alone tells of the care; who may not open the chart is not shown it.
    """

    patient_id: int
    family: str = ""
    given: str = ""
    middle: str = ""
    suffix: str = ""
    birth_on: date | None = None
    birth_precision: str = ""
    sex: str = ""
    mrn: str = ""
    unit_id: int = 0
    unit_name: str = ""
    last_seen_on: date | None = None
    died_on: date | None = None
    status: str = ""
    destroyed_on: date | None = None
    is_unit_telling: bool = False
    can_open: bool = False
    is_hidden: bool = False
    why: str = ""


def get_lines(patient_ids: Sequence[int], open_units: Iterable[int] = ()) -> list[DirectoryLine]:
    """Return the directory lines of `patient_ids`, in that order, in one query.

    For lists of rooms that have decided by rules of their own who may see these people.
    """
    open_to = frozenset(open_units)
    found = _load(patient_ids)
    return [replace(DirectoryLine(*row), can_open=row[UNIT] in open_to) for row in found]


def get_visible_lines(
    patient_ids: Sequence[int], scope: ListScope, why: Mapping[int, str] | None = None
) -> list[DirectoryLine]:
    """Return the directory lines of `patient_ids` in that order, as `scope` may see them.

    One query, and one more for people who hold rights on thousands of single charts.
    """
    rows = _load(patient_ids)
    singles = find_singles(patient_ids, scope) if rows else frozenset()
    reasons = why or {}
    return [_visible(row, scope, row[0] in singles, reasons.get(row[0], "")) for row in rows]


def find_singles(patient_ids: Sequence[int], scope: ListScope) -> frozenset[int]:
    """Return which of `patient_ids` the person may open one by one, beside whole units."""
    if scope.single_ids is not None:
        return frozenset(scope.single_ids) & frozenset(patient_ids)
    query = f"""
        SELECT p.chart_id FROM patients_patient p
         WHERE p.chart_id = ANY(%(asked)s) AND {scope.where_single("p.chart_id")}
    """
    with connection.cursor() as cursor:
        params: dict[str, Any] = {**scope.params, "asked": list(patient_ids)}
        cursor.execute(query, params)
        return frozenset(row[0] for row in cursor.fetchall())


def _load(patient_ids: Sequence[int]) -> list[tuple[Any, ...]]:
    if not patient_ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(LINES, [list(patient_ids)])
        rows = {row[0]: row for row in cursor.fetchall()}
    return [rows[patient_id] for patient_id in patient_ids if patient_id in rows]


def _visible(row: tuple[Any, ...], scope: ListScope, is_single: bool, why: str) -> DirectoryLine:
    can_open = is_single or row[UNIT] in scope.unit_ids
    if not can_open and row[UNIT] not in scope.directory_unit_ids:
        return DirectoryLine(row[0], is_hidden=True)
    line = replace(DirectoryLine(*row), can_open=can_open, why=why)
    return replace(line, unit_name="") if line.is_unit_telling and not can_open else line
