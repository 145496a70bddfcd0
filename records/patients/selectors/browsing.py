"""The patients whom a person may open, by name, in pages that cost the same wherever they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.db import connection

from accounts.models import User
from records.access.selectors import scopes
from records.patients.selectors import lines
from records.patients.selectors.lines import DirectoryLine

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
PLACE = "SELECT family_key, given_key, chart_id FROM patients_patient WHERE chart_id = %s"
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
    shown = lines.get_visible_lines([row[0] for row in rows[:PAGE]], scope)
    next_key = _write_key(rows[PAGE - 1][0]) if len(rows) > PAGE else ""
    return Page(shown, next_key, key is None)


def _write_key(patient_id: int) -> str:
    """Return the place behind a patient, signed, so that nobody asks behind somebody hidden."""
    return signing.Signer(salt=SALT).sign(str(patient_id))


def _read_key(text: str) -> dict[str, Any] | None:
    """Return where in the list a place is; the address itself names nobody."""
    try:
        patient_id = signing.Signer(salt=SALT).unsign(text)
    except signing.BadSignature:
        return None
    with connection.cursor() as cursor:
        cursor.execute(PLACE, [patient_id])
        row = cursor.fetchone()
    return dict(zip(("family", "given", "chart"), row, strict=True)) if row else None
