"""What retention knows of single charts: the answer, what blocks it, what would be destroyed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import connection

from records.retention.enums import Block

DESTROYED = "DESTROYED"
NOT_EVALUATED = "NOT_EVALUATED"
NOT_DUE = "NOT_DUE"
IN_BATCH = "IN_BATCH"
CLOSED = "CLOSED"

FACTS = """
SELECT p.chart_id, p.unit_id, p.status, e.eligible_on, coalesce(e.block, ''),
       coalesce(r.code, ''), coalesce(r.cite, ''), coalesce(r.term_kind, ''),
       coalesce(r.series, ''), r.years, e.governing_on,
       coalesce(
           (SELECT min(held.hold_id) FROM retention_holdpatient held
             WHERE held.patient_id = p.chart_id AND held.lifted_at IS NULL),
           (SELECT min(moved.hold_id) FROM retention_holddocument moved
              JOIN retention_hold hold ON hold.id = moved.hold_id
              JOIN documents_document document ON document.id = moved.document_id
             WHERE document.patient_id = p.chart_id AND hold.lifted_at IS NULL)),
       (SELECT item.batch_id FROM retention_batchitem item
         WHERE item.patient_id = p.chart_id AND item.outcome = 'WAITING'),
       visits.first_on, visits.last_on,
       stored.documents, stored.versions, stored.pages, stored.newest
  FROM patients_patient p
  LEFT JOIN retention_evaluation e ON e.patient_id = p.chart_id
  LEFT JOIN retention_schedulerule r ON r.id = e.governing_id
 CROSS JOIN LATERAL (
       SELECT min((visit.started_at AT TIME ZONE facility.time_zone)::date) AS first_on,
              max((coalesce(visit.ended_at, visit.started_at)
                   AT TIME ZONE facility.time_zone)::date) AS last_on
         FROM encounters_encounter visit
         JOIN access_custodyunit unit ON unit.id = visit.unit_id
         JOIN access_facility facility ON facility.id = unit.facility_id
        WHERE visit.patient_id = p.chart_id AND visit.status <> 'CANCELLED') visits
 CROSS JOIN LATERAL (
       SELECT count(DISTINCT document.id) AS documents, count(*) AS versions,
              coalesce(sum(version.page_count), 0) AS pages,
              coalesce(max(version.id), 0) AS newest
         FROM documents_document document
         JOIN documents_documentversion version ON version.document_id = document.id
        WHERE document.patient_id = p.chart_id) stored
 WHERE p.chart_id = ANY(%s)
"""
TERM = """
SELECT e.eligible_on, e.governing_on, coalesce(e.block, ''), coalesce(r.cite, ''),
       (SELECT item.batch_id FROM retention_batchitem item
         WHERE item.patient_id = asked.id AND item.outcome = 'WAITING'),
       EXISTS (SELECT FROM retention_holdpatient held
                WHERE held.patient_id = asked.id AND held.lifted_at IS NULL)
  FROM (SELECT %s::bigint AS id) asked
  LEFT JOIN retention_evaluation e ON e.patient_id = asked.id
  LEFT JOIN retention_schedulerule r ON r.id = e.governing_id
"""


@dataclass(frozen=True, slots=True)
class Term:
    """How long one chart is kept, as its own page says it."""

    eligible_on: date | None
    governing_on: date | None
    block: str
    governing_cite: str
    batch_id: int | None
    is_held: bool

    def is_over(self, today: date) -> bool:
        """Tell whether the chart has served its term."""
        return self.eligible_on is not None and self.eligible_on <= today

    def weighed(self, facts: ChartFacts) -> Term:
        """Return the term with the answer that was given anew."""
        return replace(
            self,
            eligible_on=facts.eligible_on,
            governing_on=facts.governing_on,
            block=facts.block,
            governing_cite=facts.governing_cite,
        )


@dataclass(frozen=True)
class ChartFacts:
    """One chart as a proposal freezes it, and as its execution compares it."""

    patient_id: int
    unit_id: int
    status: str
    eligible_on: date | None
    block: str
    governing_code: str
    governing_cite: str
    term_kind: str
    series: str
    years: int | None
    governing_on: date | None
    hold_id: int | None
    batch_id: int | None
    first_service_on: date | None
    last_service_on: date | None
    document_count: int
    version_count: int
    page_count: int
    newest_version_id: int

    def obstacle(self, today: date) -> str:
        """Return the code of what stands against destroying the chart today, empty if nothing.

        The batch that holds the chart is not looked at; `obstacle_to_proposal` does that.
        """
        if self.status != "ACTIVE":
            return DESTROYED if self.status == DESTROYED else CLOSED
        if self.hold_id is not None:
            return Block.HOLD
        if self.block or self.eligible_on is None:
            return self.block or NOT_EVALUATED
        return "" if self.eligible_on <= today else NOT_DUE

    def obstacle_to_proposal(self, today: date) -> str:
        """Return the code of what stands against proposing the chart today, empty if nothing."""
        return self.obstacle(today) or (IN_BATCH if self.batch_id is not None else "")


def get_term(patient_id: int) -> Term:
    """Return how long a chart is kept, in one query that looks at nothing of its content."""
    with connection.cursor() as cursor:
        cursor.execute(TERM, [patient_id])
        return Term(*cursor.fetchone())


def map_facts(patient_ids: Iterable[int]) -> dict[int, ChartFacts]:
    """Return the facts of each of these charts that exists, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(FACTS, [list(patient_ids)])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return {row[0]: ChartFacts(*row) for row in rows}
