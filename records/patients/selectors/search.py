"""Finding a patient by what a clerk types: exact, then beginnings, then what looks alike.

A search shows a directory line only; opening the chart is a separate act. Every branch is
limited and carries the units whose patients the person may know of, so its cost does not grow
with the number of patients; what looks alike is asked for only when little else was found, under
a time limit of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import OperationalError, connection, transaction
from psycopg2.errors import QueryCanceled

from accounts import crypto
from accounts.models import User
from records.access.selectors import rights
from records.patients.enums import IdentifierKind, MatchStyle, QueryKind
from records.patients.rules import keys, search_terms
from records.patients.rules.search_terms import Interpretation

LIMIT = 25
ENOUGH = 5
FUZZY_TIMEOUT_MS = 900
SIMILARITY = 0.5


@dataclass(frozen=True)
class DirectoryLine:
    """One patient as the directory shows them; `why` says what matched if not the name."""

    patient_id: int
    family: str
    given: str
    middle: str
    suffix: str
    birth_on: date | None
    birth_precision: str
    sex: str
    mrn: str
    unit_id: int
    unit_name: str
    last_seen_on: date | None
    died_on: date | None
    status: str
    can_open: bool
    why: str = ""


@dataclass(frozen=True)
class Found:
    """What a search found; `is_cut` when there is more, `is_stopped` when time ran out."""

    lines: list[DirectoryLine]
    kinds: list[str]
    is_cut: bool = False
    is_stopped: bool = False


@dataclass(frozen=True)
class Branch:
    """One way to patients: a condition on a table `n` whose column `key` is the patient's id.

    `score` is SQL for how alike the row is (best first), `why` the reason shown beside the line.
    All SQL is the code's own; what was typed travels in `params` and `score_params`.
    """

    table: str
    key: str
    condition: str
    params: tuple[Any, ...]
    why: str = ""
    score: str = "0"
    score_params: tuple[Any, ...] = ()


# Rooms above add how a number of theirs leads to a patient.
_lookups: dict[QueryKind, Branch] = {}

OWN = ("patients_patient", "chart_id")
ALIAS = ("patients_name", "patient_id")
IDENTIFIER = ("patients_identifier", "patient_id")
PHONE = ("patients_phone", "patient_id")
OF_KIND = "n.value_key = ANY(%s) AND n.kind = %s"
MRN_KINDS = {
    IdentifierKind.MRN: "",
    IdentifierKind.FORMER_MRN: "former number",
    IdentifierKind.OTHER_MRN: "number elsewhere",
}
MRN_LENGTHS = range(6, 15, 2)
LIMITS = (
    "SELECT set_config('statement_timeout', %s, true),"
    " set_config('pg_trgm.similarity_threshold', %s, true)"
)
LINES = """
SELECT p.chart_id, p.family, p.given, p.middle, p.suffix, p.birth_on, p.birth_precision, p.sex,
       p.mrn, p.unit_id, u.name, p.last_seen_on, p.died_on, p.status
  FROM patients_patient p JOIN access_custodyunit u ON u.id = p.unit_id
 WHERE p.chart_id = ANY(%s)
"""


def register_lookup(kind: QueryKind, *, table: str, key: str, column: str, why: str) -> None:
    """Let numbers of `kind` be looked up in `column` of a table of a room above."""
    _lookups[kind] = Branch(table, key, f"n.{column} = %s", (), why)


def search(user: User, text: str, *, today: date) -> Found:
    """Return the patients whom `text` can mean, best first.

    Only patients of units that the directory shows to `user` are found.
    """
    meanings = search_terms.parse(text, today=today)
    held = rights.get_unit_rights(user)
    units = held.directory_units
    hits: dict[int, str] = {}
    is_stopped = False
    for style in MatchStyle:
        branches = [branch for m in meanings if m.style == style for branch in _branches(m)]
        if not branches or (style == MatchStyle.FUZZY and len(hits) >= ENOUGH):
            continue
        rows, stopped = _run(branches, units, is_limited=style == MatchStyle.FUZZY)
        is_stopped = is_stopped or stopped
        for patient_id, why in rows:
            hits.setdefault(patient_id, why)
        if len(hits) > LIMIT:
            break
    wanted = list(hits)[:LIMIT]
    lines = get_lines(wanted, held.open_units, hits)
    kinds = sorted({str(m.kind) for m in meanings})
    return Found(lines, kinds, len(hits) > LIMIT, is_stopped)


def get_lines(
    patient_ids: list[int], open_units: Iterable[int], why: dict[int, str] | None = None
) -> list[DirectoryLine]:
    """Return the directory lines of `patient_ids`, in that order, in one query."""
    if not patient_ids:
        return []
    open_to = frozenset(open_units)
    with connection.cursor() as cursor:
        cursor.execute(LINES, [patient_ids])
        rows = {row[0]: row for row in cursor.fetchall()}
    return [
        DirectoryLine(
            *rows[patient_id],
            can_open=rows[patient_id][9] in open_to,
            why=(why or {}).get(patient_id, ""),
        )
        for patient_id in patient_ids
        if patient_id in rows
    ]


def _run(
    branches: list[Branch], units: list[int], *, is_limited: bool
) -> tuple[list[tuple[int, str]], bool]:
    """Run the branches as one statement; with `is_limited`, under its own time limit.

    Return (patient id, reason) best first, and whether the time ran out.
    """
    parts = [_select(rank, branch) for rank, branch in enumerate(branches)]
    params = [p for b in branches for p in (*b.score_params, *b.params, units)]
    sql = (
        f"SELECT hit.id, hit.rank FROM ({' UNION ALL '.join(parts)}) hit"
        " JOIN patients_patient p ON p.chart_id = hit.id"
        " ORDER BY hit.rank, hit.score DESC, p.family_key, p.given_key, p.birth_on, p.chart_id"
    )
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            if is_limited:
                cursor.execute(LIMITS, [str(FUZZY_TIMEOUT_MS), str(SIMILARITY)])
            cursor.execute(sql, params)
            rows = cursor.fetchall()
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            return [], True
        raise
    return [(row[0], branches[row[1]].why) for row in rows], False


def _select(rank: int, branch: Branch) -> str:
    is_own = branch.table == "patients_patient"
    join = "" if is_own else f"JOIN patients_patient b ON b.chart_id = n.{branch.key}"
    return (
        f"(SELECT n.{branch.key} AS id, {rank} AS rank, {branch.score} AS score"
        f" FROM {branch.table} n {join} WHERE {branch.condition}"
        f" AND {'n' if is_own else 'b'}.unit_id = ANY(%s)"
        f" ORDER BY score DESC LIMIT {LIMIT + 1})"
    )


def _branches(meaning: Interpretation) -> list[Branch]:
    """Return the ways to patients for one meaning of what was typed."""
    if meaning.kind == QueryKind.NAME:
        return _fuzzy(meaning) if meaning.style == MatchStyle.FUZZY else _names(meaning)
    if meaning.kind == QueryKind.BIRTH:
        return [Branch(*OWN, *_births(meaning, "n"), why="birth date")]
    found = _numbers(meaning)
    if meaning.kind in _lookups:
        found.append(replace(_lookups[meaning.kind], params=(meaning.number,)))
    return found


def _numbers(meaning: Interpretation) -> list[Branch]:
    number, is_prefix = meaning.number, meaning.style == MatchStyle.PREFIX
    match meaning.kind:
        case QueryKind.MRN if is_prefix:
            return [Branch(*OWN, "n.mrn LIKE %s", (f"{number}%",))]
        case QueryKind.MRN:
            padded = _padded(number)
            return [
                Branch(*IDENTIFIER, OF_KIND, (padded, kind), why) for kind, why in MRN_KINDS.items()
            ]
        case QueryKind.SSN:
            blind = crypto.blind_index("ssn", number)
            return [Branch(*IDENTIFIER, "n.blind_index = %s", (blind,), "social security number")]
        case QueryKind.SSN_LAST4:
            where = "n.last_four = %s AND n.kind = 'SSN'"
            return [Branch(*IDENTIFIER, where, (number,), "end of social security number")]
        case QueryKind.PHONE if is_prefix:
            return [Branch(*PHONE, f"right(n.digits, {len(number)}) = %s", (number,), "phone")]
        case QueryKind.PHONE:
            return [Branch(*PHONE, "n.digits = %s", (number,), "phone")]
        case _:
            return [Branch(*IDENTIFIER, "n.value_key = %s", (number,), "other number")]


def _padded(number: str) -> list[str]:
    """Return a record number filled with zeros to every length in use."""
    short = number.lstrip("0") or "0"
    return sorted({short.zfill(length) for length in MRN_LENGTHS if len(short) <= length})


def _births(meaning: Interpretation, alias: str) -> tuple[str, tuple[Any, ...]]:
    between = f"{alias}.birth_on BETWEEN %s AND %s"
    days = tuple(day for typed in meaning.births for day in (typed.first, typed.last))
    return f"({' OR '.join([between] * len(meaning.births))})", days


def _names(meaning: Interpretation) -> list[Branch]:
    own, own_params = _name_condition(meaning, "n")
    other, other_params = _name_condition(meaning, "b")
    return [
        Branch(*OWN, own, own_params),
        Branch(*ALIAS, other, other_params, "former or other name"),
    ]


def _name_condition(meaning: Interpretation, birth_alias: str) -> tuple[str, tuple[Any, ...]]:
    is_prefix = meaning.style == MatchStyle.PREFIX
    conditions: list[str] = []
    params: list[Any] = []
    for column, value in (("family_key", meaning.family), ("given_key", meaning.given)):
        if value:
            conditions.append(f"n.{column} {'LIKE' if is_prefix else '='} %s")
            params.append(f"{value}%" if is_prefix else value)
    if meaning.births:
        where, days = _births(meaning, birth_alias)
        conditions.append(where)
        params += days
    return " AND ".join(conditions), tuple(params)


def _fuzzy(meaning: Interpretation) -> list[Branch]:
    key = f"{meaning.family} {meaning.given}".strip()
    alike = {"score": "similarity(n.name_key, %s)", "score_params": (key,)}
    found = [
        Branch(*OWN, "n.name_key %% %s", (key,), "similar name", **alike),
        Branch(*ALIAS, "n.name_key %% %s", (key,), "similar to another name", **alike),
    ]
    if meaning.family and meaning.given:
        sound = f"{keys.soundex(meaning.family)}{meaning.given[:1]}"
        found.append(Branch(*OWN, "n.sound_key = %s", (sound,), "sounds alike", **alike))
        found += [
            Branch(*OWN, condition, params, "similar name", **alike)
            for condition, params in _slips(meaning)
        ]
    return found


def _slips(meaning: Interpretation) -> list[tuple[str, tuple[Any, ...]]]:
    """Return conditions for two slips of the finger in one name when the other is right."""
    family, given = meaning.family, meaning.given
    return [
        (
            "n.given_key LIKE %s AND levenshtein_less_equal(n.family_key, %s, 2) <= 2",
            (f"{given}%", family),
        ),
        (
            "n.family_key = %s AND levenshtein_less_equal(left(n.given_key, %s), %s, 2) <= 2",
            (family, len(given), given),
        ),
    ]
