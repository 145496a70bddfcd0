"""Finding a patient by what a clerk types: exact, then beginnings, then what looks alike.

A search shows a directory line only; opening the chart is a separate act. Every branch is
limited and carries the units whose patients the person may know of, so its cost does not grow
with the number of patients; what looks alike is asked for only when little else was found, under
a time limit of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg2.errors import QueryCanceled

from accounts.models import User
from records.access.selectors import scopes
from records.access.selectors.scopes import ListScope
from records.patients.enums import MatchStyle
from records.patients.rules import search_terms
from records.patients.rules.search_terms import Interpretation
from records.patients.selectors import lines
from records.patients.selectors.branches import Branch, branches_of
from records.patients.selectors.lines import DirectoryLine, get_lines

__all__ = ["DirectoryLine", "Found", "get_lines", "search"]

LIMIT = 25
ENOUGH = 5
# What is exact and what begins so share a time limit, and with it a transaction.
ROUNDS = ((MatchStyle.EXACT, MatchStyle.PREFIX), (MatchStyle.FUZZY,))
TIMEOUTS_MS = {MatchStyle.EXACT: 2000, MatchStyle.FUZZY: 750}
SIMILARITY = 0.5
MOST_BEYOND = 5000
LIMITS = (
    "SELECT set_config('statement_timeout', %s, true),"
    " set_config('pg_trgm.similarity_threshold', %s, true)"
)


@dataclass(frozen=True)
class Found:
    """What a search found; `is_cut` when there is more, `is_stopped` when time ran out."""

    lines: list[DirectoryLine]
    meanings: tuple[Interpretation, ...]
    is_cut: bool = False
    is_stopped: bool = False

    @property
    def kinds(self) -> list[str]:
        """What the text was taken for."""
        return sorted({str(meaning.kind) for meaning in self.meanings})


def search(user: User, text: str, *, today: date) -> Found:
    """Return the patients whom `text` can mean, best first.

    Only patients whom `user` may know of are found: those of units that the directory shows to
    them, and single charts of other units that they may open.
    """
    meanings = search_terms.parse(text, today=today)
    scope = scopes.list_scope(user)
    beyond = _beyond_directory(scope)
    known = [scope.directory_unit_ids, beyond] if beyond else [scope.directory_unit_ids]
    hits: dict[int, str] = {}
    is_stopped = False
    for styles in ROUNDS:
        if MatchStyle.FUZZY in styles and _is_enough(hits, meanings):
            break
        steps = [_branches(meanings, style) for style in styles]
        is_stopped |= _run(list(filter(None, steps)), known, TIMEOUTS_MS[styles[0]], hits)
    found = lines.get_visible_lines(list(hits)[:LIMIT], scope, hits)
    return Found(found, meanings, len(hits) > LIMIT, is_stopped)


def _branches(meanings: tuple[Interpretation, ...], style: MatchStyle) -> list[Branch]:
    return [branch for m in meanings if m.style == style for branch in branches_of(m)]


def _is_enough(hits: dict[int, str], meanings: tuple[Interpretation, ...]) -> bool:
    """Tell whether what looks alike need not be asked for; a birth date beside a name is exact."""
    has_birth = any(m.births for m in meanings if m.style == MatchStyle.FUZZY)
    return len(hits) >= ENOUGH or bool(hits and has_birth)


def _beyond_directory(scope: ListScope) -> list[int]:
    """Return the single charts that the person may open in units hidden from the directory."""
    if scope.single_ids == []:
        return []
    query = f"""
        SELECT p.chart_id FROM patients_patient p
         WHERE p.unit_id <> ALL(%(scope_directory)s) AND {scope.where_single("p.chart_id")}
         LIMIT {MOST_BEYOND}
    """
    params: dict[str, Any] = dict(scope.params)
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        return [row[0] for row in cursor.fetchall()]


def _run(
    steps: list[list[Branch]], known: list[list[int]], timeout_ms: int, hits: dict[int, str]
) -> bool:
    """Run each step's branches as one statement under a time limit until there are hits enough.

    Adds patient ids and reasons to `hits`, best first; returns whether the time ran out. What was
    found before it did stays.
    """
    if not steps:
        return False
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(LIMITS, [str(timeout_ms), str(SIMILARITY)])
            for branches in steps:
                for patient_id, rank, note in _ask(cursor, branches, known):
                    hits.setdefault(patient_id, branches[rank].explain(note))
                if len(hits) > LIMIT:
                    break
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            return True
        raise
    return False


def _ask(
    cursor: CursorWrapper, branches: list[Branch], known: list[list[int]]
) -> list[tuple[int, int, str]]:
    """Return (patient id, number of the branch, note) best first."""
    parts = [_select(rank, branch, len(known) > 1) for rank, branch in enumerate(branches)]
    params = [p for b in branches for p in (*b.score_params, *b.params, *known)]
    sql = (
        f"SELECT hit.id, hit.rank, hit.note FROM ({' UNION ALL '.join(parts)}) hit"
        " JOIN patients_patient p ON p.chart_id = hit.id"
        " ORDER BY hit.score DESC, hit.rank, p.family_key, p.given_key, p.birth_on, p.chart_id"
    )
    cursor.execute(sql, params)
    rows: list[tuple[int, int, str]] = cursor.fetchall()
    return rows


def _select(rank: int, branch: Branch, goes_beyond: bool) -> str:
    """Return one branch as SQL.

    IS TRUE keeps the planner off the index that begins with the unit: nearly every unit is in the
    directory, so that walk would read nearly every patient.
    """
    is_own = branch.table == "patients_patient"
    person = "n" if is_own else "b"
    join = "" if is_own else f"JOIN patients_patient b ON b.chart_id = n.{branch.key}"
    known = f"{person}.unit_id = ANY(%s)"
    if goes_beyond:
        known = f"({known} OR {person}.chart_id = ANY(%s))"
    return (
        f"(SELECT n.{branch.key} AS id, {rank} AS rank, {branch.score} AS score,"
        f" {branch.note} AS note FROM {branch.table} n {join}"
        f" WHERE {branch.condition} AND ({known}) IS TRUE"
        f" ORDER BY {branch.order} LIMIT {LIMIT + 1})"
    )
