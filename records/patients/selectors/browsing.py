"""The patients whom a person may open, by name, in pages that cost the same wherever they are."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.db import connection

from accounts.models import User
from records.access.selectors import scopes
from records.patients.selectors.search import DirectoryLine, get_lines

PAGE = 25
SALT = "patients.browsing"
# One short walk down the index for each unit, merged: the cost does not depend on how many
# patients there are, nor on how they are spread over the units.
UNIT_WALK = """
SELECT walk.chart_id, walk.family_key, walk.given_key
  FROM unnest(%(scope_units)s::bigint[]) AS unit (id)
 CROSS JOIN LATERAL (
       SELECT p.chart_id, p.family_key, p.given_key
         FROM patients_patient p
        WHERE p.unit_id = unit.id {after}
        ORDER BY p.family_key, p.given_key, p.chart_id LIMIT %(many)s) walk
"""
SINGLE_WALK = """
SELECT p.chart_id, p.family_key, p.given_key
  FROM patients_patient p
 WHERE p.unit_id <> ALL(%(scope_units)s::bigint[]) AND {single} {after}
 ORDER BY p.family_key, p.given_key, p.chart_id LIMIT %(many)s
"""
AFTER = "AND (p.family_key, p.given_key, p.chart_id) > (%(family)s, %(given)s, %(chart)s)"


@dataclass(frozen=True)
class Page:
    """One page of the list; `next_key` is empty on the last."""

    lines: list[DirectoryLine]
    next_key: str
    is_first: bool


def list_patients(user: User, *, after: str = "") -> Page:
    """Return the page that begins behind the key `after`; a key of no use begins anew."""
    scope = scopes.list_scope(user)
    key = _read_key(after)
    params: dict[str, Any] = {**scope.params, "many": PAGE + 1, **(key or {})}
    condition = AFTER if key else ""
    parts = [UNIT_WALK.format(after=condition)]
    if scope.single_ids is None or scope.single_ids:
        single = scope.where_single("p.chart_id")
        parts.append(f"({SINGLE_WALK.format(single=single, after=condition)})")
    sql = f"{' UNION ALL '.join(parts)} ORDER BY 2, 3, 1 LIMIT %(many)s"
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows = cursor.fetchall()
    lines = get_lines([row[0] for row in rows[:PAGE]], scope.unit_ids)
    next_key = _write_key(rows[PAGE - 1]) if len(rows) > PAGE else ""
    return Page(lines, next_key, key is None)


def _write_key(row: tuple[int, str, str]) -> str:
    """Return the place of a row, signed: it holds no more than the page itself shows."""
    return signing.Signer(salt=SALT).sign_object(list(row))


def _read_key(text: str) -> dict[str, Any] | None:
    try:
        chart, family, given = signing.Signer(salt=SALT).unsign_object(text)
    except (signing.BadSignature, ValueError, json.JSONDecodeError):
        return None
    return {"chart": chart, "family": family, "given": given}
