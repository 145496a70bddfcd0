"""The facts that the rules look at, of one chart or of all, by the same SQL."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from records.retention import privacy
from records.retention.enums import Block, HoldKind, RecordClass
from records.retention.rules.eligibility import ChartFacts

# A visit that has not ended leaves the chart in use; of a birth date that is known to the month or
# year only, the latest day counts. A document that is void is kept, and so counts. `{...}` are
# filled by `whole` or `narrowed`.
FACTS = """
visits AS (
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
), records AS (
    SELECT document.patient_id, max(document.service_on) AS record_on,
           max(document.service_on) FILTER (
               WHERE document.type_id = ANY({privacy_types})) AS privacy_on
      FROM documents_document document
     WHERE document.status <> 'DESTROYED' {documents_of}
     GROUP BY document.patient_id
), privacy AS (
    SELECT told.patient_id, max(told.on_day) AS privacy_on
      FROM ({privacy_days}) told WHERE true {privacy_of}
     GROUP BY told.patient_id
), facts AS (
    SELECT p.chart_id AS patient_id, p.unit_id, unit.facility_id, facility.state,
           facility.record_class, p.died_on,
           CASE p.birth_precision
               WHEN 'DAY' THEN p.birth_on
               WHEN 'MONTH' THEN
                   (date_trunc('month', p.birth_on) + interval '1 month - 1 day')::date
               WHEN 'UNKNOWN' THEN NULL
               ELSE make_date(date_part('year', p.birth_on)::int, 12, 31)
           END AS born_on,
           visits.first_on, greatest(visits.last_on, p.last_seen_on) AS last_on,
           records.record_on, greatest(records.privacy_on, privacy.privacy_on) AS privacy_on,
           coalesce(visits.is_open, false) AS is_open
      FROM patients_patient p
      JOIN access_custodyunit unit ON unit.id = p.unit_id
      JOIN access_facility facility ON facility.id = unit.facility_id
      LEFT JOIN visits ON visits.patient_id = p.chart_id
      LEFT JOIN records ON records.patient_id = p.chart_id
      LEFT JOIN privacy ON privacy.patient_id = p.chart_id
     WHERE p.status = 'ACTIVE' {patients_of}
)
"""
_OF = {
    "visits_of": "AND visit.patient_id = ANY(%(ids)s)",
    "documents_of": "AND document.patient_id = ANY(%(ids)s)",
    "privacy_of": "AND told.patient_id = ANY(%(ids)s)",
    "patients_of": "AND p.chart_id = ANY(%(ids)s)",
}
COLUMNS = """
SELECT facts.patient_id, facts.state, facts.record_class, facts.born_on, facts.last_on,
       facts.first_on, facts.record_on, facts.privacy_on, facts.died_on, facts.is_open,
       ARRAY(SELECT hold.kind FROM retention_holdpatient held
               JOIN retention_hold hold ON hold.id = held.hold_id
              WHERE held.patient_id = facts.patient_id AND held.lifted_at IS NULL)
  FROM facts
"""
BLOCK_OF = {
    HoldKind.RELEASE_REQUEST: Block.OPEN_REQUEST,
    HoldKind.AUDIT: Block.OPEN_AUDIT,
    HoldKind.CLAIM: Block.OPEN_AUDIT,
    HoldKind.RESEARCH: Block.RESEARCH,
}


def narrowed() -> dict[str, str]:
    """Return what fills `FACTS` for the charts of `%(ids)s`."""
    return _OF | _privacy()


def whole() -> dict[str, str]:
    """Return what fills `FACTS` for all charts."""
    return dict.fromkeys(_OF, "") | _privacy()


def get_facts(patient_ids: Iterable[int]) -> dict[int, ChartFacts]:
    """Return the facts of each of these charts that is in use, in one query."""
    with connection.cursor() as cursor:
        sql = f"WITH {FACTS.format(**narrowed())} {COLUMNS}"
        cursor.execute(sql, {"ids": list(patient_ids)})
        rows = cursor.fetchall()
    return {
        row[0]: ChartFacts(
            state=row[1],
            record_class=RecordClass(row[2]),
            born_on=row[3],
            last_encounter_on=row[4],
            first_encounter_on=row[5],
            record_on=row[6],
            privacy_on=row[7],
            died_on=row[8],
            blocks=_blocks(is_open=row[9], kinds=row[10]),
        )
        for row in rows
    }


def _privacy() -> dict[str, str]:
    return {"privacy_types": privacy.types_sql(), "privacy_days": privacy.days_sql()}


def _blocks(*, is_open: bool, kinds: list[str]) -> frozenset[Block]:
    found = {BLOCK_OF.get(HoldKind(kind), Block.HOLD) for kind in kinds}
    return frozenset(found | ({Block.OPEN_ENCOUNTER} if is_open else set()))
