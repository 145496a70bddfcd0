"""When each chart may be destroyed: computed in set-based SQL, only changed answers written.

The statement asks the very question that `rules.eligibility.explain` answers for one chart, for
all of them at once: a rule that counts later than another of its kind makes the other one idle,
so each facility has one row of terms for each kind of patient, and the latest date of a row wins.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from records.retention.models import Evaluation
from records.retention.rules.schedule import ScheduleRule
from records.retention.selectors import charts, facts, terms
from records.retention.selectors.charts import ChartFacts


@dataclass(frozen=True)
class Evaluated:
    """What an evaluation of all charts did."""

    charts: int
    eligible: int
    held: int
    changed: int
    seconds: float


@dataclass(frozen=True)
class Preview:
    """What a change of the schedule would do to the charts."""

    later: int
    earlier: int
    now_blocked: int
    no_longer_blocked: int
    unchanged: int


# For statements over all charts: as long as they take, and hashing in memory.
UNHURRIED = "SET LOCAL statement_timeout = 0; SET LOCAL work_mem = '256MB'"
BASES = {
    "last": "facts.last_on",
    "record": "coalesce(facts.record_on, facts.last_on)",
    "birth": "facts.born_on",
    "death": "facts.died_on",
    "privacy": "facts.privacy_on",
}


def plus(day: str, years: str) -> str:
    """Return SQL for an anniversary; that of 29 February in a common year is 1 March (ENG-6).

    PostgreSQL goes back to the 28th there; a year after the day before, and then a day on, is
    never later than the anniversary but in that one case.
    """
    term = f"make_interval(years => {years})"
    return f"greatest({day} + {term}, {day} - 1 + {term} + interval '1 day')::date"


DATES = ", ".join(f"{plus(day, f'terms.{base}_years')} AS by_{base}" for base, day in BASES.items())
RANKS = ", ".join(f"CASE WHEN by_{base} = latest_on THEN {base}_rank END" for base in BASES)
LATEST = f"greatest({', '.join(f'by_{base}' for base in BASES)})"
# OFFSET 0 keeps each step apart, so that what it computes is computed once.
ANSWERS = f"""
WITH terms AS (
    SELECT * FROM unnest(
        %(facility)s::bigint[], %(was_minor)s::bool[], %(was_adult)s::bool[], %(majority)s::int[],
        %(block)s::text[], %(last_years)s::int[], %(last_rank)s::int[], %(record_years)s::int[],
        %(record_rank)s::int[], %(birth_years)s::int[], %(birth_rank)s::int[],
        %(death_years)s::int[], %(death_rank)s::int[], %(privacy_years)s::int[],
        %(privacy_rank)s::int[]
    ) AS terms (facility_id, was_minor, was_adult, majority, rule_block, last_years, last_rank,
                record_years, record_rank, birth_years, birth_rank, death_years, death_rank,
                privacy_years, privacy_rank)
), majority AS (SELECT DISTINCT facility_id, majority FROM terms),
{facts.FACTS},
aged AS (
    SELECT facts.*, {plus("facts.born_on", "majority.majority")} AS of_age_on
      FROM facts JOIN majority ON majority.facility_id = facts.facility_id OFFSET 0
), dated AS (
    SELECT facts.*, terms.rule_block, terms.last_rank, terms.record_rank, terms.birth_rank,
           terms.death_rank, terms.privacy_rank, {DATES}
      FROM aged AS facts
      LEFT JOIN terms ON terms.facility_id = facts.facility_id
       AND terms.was_minor = (coalesce(facts.first_on, facts.last_on) < facts.of_age_on)
       AND terms.was_adult = (facts.last_on >= facts.of_age_on) OFFSET 0
), latest AS (
    SELECT dated.*, {LATEST} AS latest_on FROM dated OFFSET 0
), judged AS (
    SELECT latest.*,
           CASE WHEN born_on IS NULL THEN 'BIRTH_UNKNOWN'
                WHEN last_on IS NULL THEN 'TRIGGER_UNKNOWN'
                WHEN born_on > coalesce(first_on, last_on) OR born_on > died_on
                     OR first_on > last_on THEN 'DATES_CONTRADICT'
                WHEN latest_on IS NULL AND rule_block = '' THEN 'NO_STATE_RULE'
                ELSE rule_block END AS fact_block,
           least({RANKS}) AS rank
      FROM latest OFFSET 0
), answers AS (
    SELECT patient_id, unit_id,
           CASE WHEN fact_block = '' AND is_open THEN 'OPEN_ENCOUNTER' ELSE fact_block END AS block,
           CASE WHEN fact_block = '' THEN latest_on + 1 END AS eligible_on,
           CASE WHEN fact_block = '' THEN latest_on END AS governing_on,
           CASE WHEN fact_block = '' THEN (%(rule_ids)s::bigint[])[rank] END AS governing_id
      FROM judged
)
"""
WRITE = """
, written AS (
    INSERT INTO retention_evaluation
        (patient_id, unit_id, eligible_on, governing_id, governing_on, block, computed_on)
    SELECT answers.patient_id, answers.unit_id, answers.eligible_on, answers.governing_id,
           answers.governing_on, answers.block, %(as_of)s
      FROM answers LEFT JOIN retention_evaluation old ON old.patient_id = answers.patient_id
     WHERE old.patient_id IS NULL
        OR (old.unit_id, old.block) <> (answers.unit_id, answers.block)
        OR old.eligible_on IS DISTINCT FROM answers.eligible_on
        OR old.governing_id IS DISTINCT FROM answers.governing_id
        OR old.governing_on IS DISTINCT FROM answers.governing_on
    ON CONFLICT (patient_id) DO UPDATE SET
        unit_id = excluded.unit_id, eligible_on = excluded.eligible_on,
        governing_id = excluded.governing_id, governing_on = excluded.governing_on,
        block = excluded.block, computed_on = excluded.computed_on
    RETURNING 1
)
SELECT count(*) FROM written
"""
COMPARE = """
SELECT count(*) FILTER (WHERE answers.eligible_on > old.eligible_on),
       count(*) FILTER (WHERE answers.eligible_on < old.eligible_on),
       count(*) FILTER (WHERE answers.eligible_on IS NULL AND old.eligible_on IS NOT NULL),
       count(*) FILTER (WHERE answers.eligible_on IS NOT NULL AND old.eligible_on IS NULL),
       count(*) FILTER (WHERE answers.eligible_on IS NOT DISTINCT FROM old.eligible_on)
  FROM answers JOIN retention_evaluation old ON old.patient_id = answers.patient_id
"""
WEIGH = """
SELECT answers.patient_id, answers.eligible_on, answers.block, answers.governing_on,
       coalesce(rule.code, '') AS governing_code, coalesce(rule.cite, '') AS governing_cite,
       coalesce(rule.term_kind, '') AS term_kind, coalesce(rule.series, '') AS series,
       rule.years
  FROM answers LEFT JOIN retention_schedulerule rule ON rule.id = answers.governing_id
"""
WEIGHED = (
    "eligible_on",
    "block",
    "governing_on",
    "governing_code",
    "governing_cite",
    "term_kind",
    "series",
    "years",
)
FORGET = """
DELETE FROM retention_evaluation old USING patients_patient p
 WHERE p.chart_id = old.patient_id AND p.status <> 'ACTIVE'
"""
COUNT_DUE = """
WITH fresh AS MATERIALIZED (
    SELECT e.unit_id, date_part('year', e.eligible_on)::int AS year, count(*) AS charts,
           count(held.patient_id) AS held,
           count(*) FILTER (WHERE e.eligible_on <= %(as_of)s) AS due,
           count(held.patient_id) FILTER (WHERE e.eligible_on <= %(as_of)s) AS due_held
      FROM retention_evaluation e
      LEFT JOIN (SELECT DISTINCT patient_id FROM retention_holdpatient
                  WHERE lifted_at IS NULL) held ON held.patient_id = e.patient_id
     WHERE e.block = '' GROUP BY 1, 2
), gone AS (
    DELETE FROM retention_duecount old
     WHERE NOT EXISTS (SELECT FROM fresh
                        WHERE fresh.unit_id = old.unit_id AND fresh.year = old.year)
), stored AS (
    INSERT INTO retention_duecount AS old (unit_id, year, chart_count, held_count)
    SELECT unit_id, year, charts, held FROM fresh
    ON CONFLICT (unit_id, year) DO UPDATE SET
        chart_count = excluded.chart_count, held_count = excluded.held_count
    WHERE (old.chart_count, old.held_count) <> (excluded.chart_count, excluded.held_count)
)
SELECT (SELECT count(*) FROM retention_evaluation), coalesce(sum(due - due_held), 0)::bigint,
       coalesce(sum(due_held), 0)::bigint FROM fresh
"""


def evaluate(*, as_of: date | None = None) -> Evaluated:
    """Compute the answer for every chart in use; write those that changed, and the year counts.

    `as_of` chooses the rules in force and the day by which charts count as eligible.
    """
    began = time.monotonic()
    as_of = as_of or timezone.localdate()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(UNHURRIED)
        cursor.execute(FORGET)
        changed = _run(cursor, as_of, None)
        cursor.execute(COUNT_DUE, {"as_of": as_of})
        charts, eligible, held = cursor.fetchone()
    return Evaluated(charts, eligible, held, changed, round(time.monotonic() - began, 3))


def refresh(patient_ids: Iterable[int]) -> int:
    """Compute the answer for these charts at this moment; return how many changed."""
    with connection.cursor() as cursor:
        return _run(cursor, timezone.localdate(), list(patient_ids))


def map_facts_now(patient_ids: Iterable[int]) -> dict[int, ChartFacts]:
    """Return the facts of these charts with the answer of this moment; nothing is written.

    The answer that is stored may be of last night, and a chart may have changed since.
    """
    ids = list(patient_ids)
    if not ids:
        return {}
    with connection.cursor() as cursor:
        sql = (ANSWERS + WEIGH).format(**facts.narrowed())
        cursor.execute(sql, {**_values(timezone.localdate()), "ids": ids})
        answers = {row[0]: dict(zip(WEIGHED, row[1:], strict=True)) for row in cursor.fetchall()}
    found = charts.map_facts(ids)
    return {key: replace(found[key], **answers.get(key, {})) for key in found}


def count_due() -> None:
    """Count anew how many charts come due in which year."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT_DUE, {"as_of": timezone.localdate()})


def preview(*, as_of: date, rules: Sequence[ScheduleRule]) -> Preview:
    """Compare the answers that `rules` would give with those that stand; nothing is written."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(UNHURRIED)
        cursor.execute((ANSWERS + COMPARE).format(**facts.whole()), _values(as_of, rules))
        return Preview(*cursor.fetchone())


def _run(cursor: Any, as_of: date, patient_ids: list[int] | None) -> int:
    # The template is ours, and its values travel apart.
    sql = (ANSWERS + WRITE).format(**(facts.whole() if patient_ids is None else facts.narrowed()))
    cursor.execute(sql, {**_values(as_of), "as_of": as_of, "ids": patient_ids})
    return int(cursor.fetchone()[0])


def _values(as_of: date, rules: Sequence[ScheduleRule] | None = None) -> dict[str, Any]:
    found = terms.get_terms(as_of, rules)
    return {**found.columns, "rule_ids": found.rule_ids}


def follow_chart(patient_id: int, unit_id: int) -> None:
    """Let the answer of a chart carry the unit that keeps it now; years are counted at night."""
    Evaluation.objects.filter(patient_id=patient_id).update(unit_id=unit_id)
