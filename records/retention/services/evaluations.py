"""When each chart may be destroyed: computed in set-based SQL, only changed answers written.

The statement asks the very question that `rules.eligibility.explain` answers for one chart, for
all of them at once: a rule that counts later than another of its kind makes the other one idle,
so each facility has one row of terms for each kind of patient, and the latest date of a row wins.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from records.retention.selectors import terms

# A day of the year that a leap year alone has becomes the day after: later is safer (ENG-6).
ADD_YEARS = """((({day}) + make_interval(years => {years}))::date
    + (to_char({day}, 'MMDD') = '0229'
       AND to_char(({day}) + make_interval(years => {years}), 'MMDD') = '0228')::int)"""


@dataclass(frozen=True)
class Evaluated:
    """What an evaluation of all charts did."""

    charts: int
    eligible: int
    held: int
    changed: int
    seconds: float


def _plus(day: str, years: str) -> str:
    return ADD_YEARS.format(day=day, years=years)


VISITS = """
    SELECT visit.patient_id,
           min((visit.started_at AT TIME ZONE facility.time_zone)::date) AS first_on,
           max((coalesce(visit.ended_at, visit.started_at)
                AT TIME ZONE facility.time_zone)::date) AS last_on,
           bool_or(visit.status IN ('PLANNED', 'IN_PROGRESS')) AS is_open
      FROM encounters_encounter visit
      JOIN access_custodyunit unit ON unit.id = visit.unit_id
      JOIN access_facility facility ON facility.id = unit.facility_id
     WHERE visit.status <> 'CANCELLED' {visits_of}
     GROUP BY visit.patient_id
"""
RECORDS = """
    SELECT document.patient_id, max(document.service_on) AS record_on
      FROM documents_document document
     WHERE document.status <> 'DESTROYED' {documents_of}
     GROUP BY document.patient_id
"""
ANSWERS = f"""
WITH terms AS (
    SELECT * FROM unnest(
        %(facility)s::bigint[], %(was_minor)s::bool[], %(is_adult)s::bool[], %(majority)s::int[],
        %(last_years)s::int[], %(last_rule)s::bigint[],
        %(record_years)s::int[], %(record_rule)s::bigint[],
        %(birth_years)s::int[], %(birth_rule)s::bigint[],
        %(death_years)s::int[], %(death_rule)s::bigint[],
        %(block)s::text[]
    ) AS terms (facility_id, was_minor, is_adult, majority, last_years, last_rule, record_years,
                record_rule, birth_years, birth_rule, death_years, death_rule, block)
), majority AS (SELECT DISTINCT facility_id, majority FROM terms),
visits AS ({VISITS}), records AS ({RECORDS}),
facts AS (
    SELECT p.chart_id AS patient_id, p.unit_id, unit.facility_id, p.birth_on, p.died_on,
           visits.first_on, greatest(visits.last_on, p.last_seen_on) AS last_on,
           coalesce(visits.is_open, false) AS is_open, records.record_on,
           {_plus("p.birth_on", "majority.majority")} AS of_age_on
      FROM patients_patient p
      JOIN access_custodyunit unit ON unit.id = p.unit_id
      LEFT JOIN majority ON majority.facility_id = unit.facility_id
      LEFT JOIN visits ON visits.patient_id = p.chart_id
      LEFT JOIN records ON records.patient_id = p.chart_id
     WHERE p.status = 'ACTIVE' {{patients_of}}
), dated AS (
    SELECT facts.*, terms.block AS rule_block, terms.last_rule, terms.record_rule,
           terms.birth_rule, terms.death_rule,
           {_plus("facts.last_on", "terms.last_years")} AS by_last,
           {_plus("coalesce(facts.record_on, facts.last_on)", "terms.record_years")} AS by_record,
           {_plus("facts.birth_on", "terms.birth_years")} AS by_birth,
           {_plus("facts.died_on", "terms.death_years")} AS by_death
      FROM facts
      LEFT JOIN terms ON terms.facility_id = facts.facility_id
       AND terms.was_minor = (coalesce(facts.first_on, facts.last_on) < facts.of_age_on)
       AND terms.is_adult = (facts.last_on >= facts.of_age_on)
), latest AS (
    SELECT dated.*, greatest(by_last, by_record, by_birth, by_death) AS latest_on FROM dated
), answers AS (
    SELECT patient_id, unit_id,
           CASE WHEN birth_on IS NULL THEN 'BIRTH_UNKNOWN'
                WHEN last_on IS NULL THEN 'TRIGGER_UNKNOWN'
                WHEN last_on < birth_on OR died_on < birth_on THEN 'DATES_CONTRADICT'
                WHEN is_open THEN 'OPEN_ENCOUNTER'
                ELSE coalesce(rule_block, 'NO_STATE_RULE') END AS block,
           latest_on,
           CASE latest_on WHEN by_last THEN last_rule WHEN by_record THEN record_rule
                WHEN by_birth THEN birth_rule WHEN by_death THEN death_rule END AS governing_id
      FROM latest
)
"""
WRITE = """
, written AS (
    INSERT INTO retention_evaluation AS old
        (patient_id, unit_id, eligible_on, governing_id, governing_on, block, computed_on)
    SELECT patient_id, unit_id, CASE WHEN block = '' THEN latest_on + 1 END, governing_id,
           latest_on, block, %(as_of)s FROM answers
    ON CONFLICT (patient_id) DO UPDATE SET
        unit_id = excluded.unit_id, eligible_on = excluded.eligible_on,
        governing_id = excluded.governing_id, governing_on = excluded.governing_on,
        block = excluded.block, computed_on = excluded.computed_on
    WHERE (old.unit_id, old.eligible_on, old.governing_id, old.governing_on, old.block)
          IS DISTINCT FROM (excluded.unit_id, excluded.eligible_on, excluded.governing_id,
                            excluded.governing_on, excluded.block)
    RETURNING 1
)
SELECT (SELECT count(*) FROM written), (SELECT count(*) FROM answers)
"""
FORGET = """
DELETE FROM retention_evaluation old USING patients_patient p
 WHERE p.chart_id = old.patient_id AND p.status <> 'ACTIVE'
"""
COUNT_DUE = """
WITH fresh AS (
    SELECT e.unit_id, extract(year FROM e.eligible_on)::int AS year, count(*) AS charts,
           count(held.patient_id) AS held
      FROM retention_evaluation e
      LEFT JOIN (SELECT DISTINCT patient_id FROM retention_holdpatient
                  WHERE lifted_at IS NULL) held ON held.patient_id = e.patient_id
     WHERE e.block = '' GROUP BY 1, 2
), gone AS (
    DELETE FROM retention_duecount old
     WHERE NOT EXISTS (SELECT FROM fresh
                        WHERE fresh.unit_id = old.unit_id AND fresh.year = old.year)
)
INSERT INTO retention_duecount AS old (unit_id, year, chart_count, held_count)
SELECT unit_id, year, charts, held FROM fresh
ON CONFLICT (unit_id, year) DO UPDATE SET
    chart_count = excluded.chart_count, held_count = excluded.held_count
WHERE (old.chart_count, old.held_count) <> (excluded.chart_count, excluded.held_count)
"""
SUMMARY = """
SELECT count(*) FILTER (WHERE e.block = '' AND e.eligible_on <= %(as_of)s),
       count(*) FILTER (WHERE e.block = '' AND e.eligible_on <= %(as_of)s AND EXISTS (
           SELECT FROM retention_holdpatient held
            WHERE held.patient_id = e.patient_id AND held.lifted_at IS NULL))
  FROM retention_evaluation e
"""


def evaluate(*, as_of: date | None = None) -> Evaluated:
    """Compute the answer for every chart in use; write those that changed, and the year counts.

    `as_of` chooses the rules in force and the day by which charts count as eligible.
    """
    began = time.monotonic()
    as_of = as_of or timezone.localdate()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(FORGET)
        changed, charts = _run(cursor, as_of, None)
        cursor.execute(COUNT_DUE)
        cursor.execute(SUMMARY, {"as_of": as_of})
        due, held = cursor.fetchone()
    return Evaluated(charts, due - held, held, changed, round(time.monotonic() - began, 3))


def refresh(patient_ids: Iterable[int]) -> int:
    """Compute the answer for these charts at this moment; return how many changed."""
    with connection.cursor() as cursor:
        return _run(cursor, timezone.localdate(), list(patient_ids))[0]


def count_due() -> None:
    """Count anew how many charts come due in which year."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT_DUE)


def _run(cursor: Any, as_of: date, patient_ids: list[int] | None) -> tuple[int, int]:
    some = patient_ids is not None
    sql = (ANSWERS + WRITE).format(
        visits_of="AND visit.patient_id = ANY(%(ids)s)" if some else "",
        documents_of="AND document.patient_id = ANY(%(ids)s)" if some else "",
        patients_of="AND p.chart_id = ANY(%(ids)s)" if some else "",
    )
    cursor.execute(sql, {**terms.get_terms(as_of), "as_of": as_of, "ids": patient_ids})
    changed, charts = cursor.fetchone()
    return changed, charts
