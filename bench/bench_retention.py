"""How fast retention is: evaluating every chart, against bare SQL computing the same dates.

    CHARTROOM_PROFILE=… DATABASE_URL=… bench/bench_retention.py [--charts 1000000 --superuser …]

Measures the database that Django is set up for, as the application's role. `--charts` first fills
an empty one through the superuser's address, triggers off.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from contextlib import closing
from pathlib import Path
from statistics import median
from typing import Any

import psycopg2

ROOT = Path(__file__).resolve().parent.parent
TARGET = 3.0
FILL = """
SET session_replication_role = replica;
INSERT INTO access_facility (id, code, name, state, record_class, time_zone)
SELECT n, 'B' || n, 'Bench', (ARRAY['TX','NJ','PA','NY','MD'])[n], 'HOSPITAL', 'America/New_York'
FROM generate_series(1, 5) AS n;
INSERT INTO access_custodyunit (id, facility_id, code, name, is_listed, sensitivity_classes,
    is_active)
SELECT n, 1 + n %% 5, 'B' || n, 'Unit ' || n, true, '{{}}', true FROM generate_series(1, 20) AS n;
INSERT INTO access_chart (id, unit_id, status, is_restricted, created_at)
SELECT n, 1 + n %% 20, 'OPEN', false, now() FROM generate_series(1, %(charts)s) AS n;
INSERT INTO patients_patient ({patient})
SELECT {values} FROM generate_series(1, %(charts)s) AS n;
INSERT INTO encounters_encounter (patient_id, unit_id, kind, status, account_number, started_at,
    ended_at, service, location, reason, disposition, version, created_at, created_by_id)
SELECT 1 + n %% %(charts)s, 1 + (1 + n %% %(charts)s) %% 20, 'OUTPATIENT', 'DISCHARGED', 'B' || n,
       timestamptz '1990-01-01' + make_interval(days => (n::bigint * 7919 %% 13000)::int),
       timestamptz '1990-01-01' + make_interval(days => (n::bigint * 7919 %% 13000)::int + 2),
       '', '', '', '', 1, now(), 1
FROM generate_series(1, 2 * %(charts)s) AS n;
INSERT INTO retention_hold (id, name, kind, issuer, reason, custodians, issued_on, placed_at,
    placed_by_id, lift_reason)
VALUES (1, 'Bench', 'LITIGATION', '', 'Bench', '', now(), now(), 1, '');
INSERT INTO retention_holdpatient (hold_id, patient_id, placed_at, placed_by_id)
SELECT 1, n * 100, now(), 1 FROM generate_series(1, %(charts)s / 100) AS n;
SET session_replication_role = origin;
ANALYZE;
"""
PATIENT = {
    "chart_id": "n",
    "unit_id": "1 + n %% 20",
    "mrn": "n::text",
    "family": "'Bench'",
    "family_key": "'BENCH' || n %% 1000",
    "given": "'B'",
    "given_key": "'B'",
    "name_key": "'BENCH B'",
    "sex": "'UNKNOWN'",
    "name_status": "'LEGAL'",
    "birth_on": "date '1930-01-01' + (n::bigint * 104729 %% 30000)::int",
    "birth_precision": "'DAY'",
    "status": "'ACTIVE'",
    "registered_at": "now()",
    "registered_by_id": "1",
    "version": "1",
}
# What somebody would write by hand for the five states of `fill`, their terms as constants:
# the same dates, but no reasons, no blocks, no leap days, and nothing stored. Of privacy documents
# it looks at the day of the document alone; the forms read for releases are few.
BARE = """
SELECT count(*), sum(eligible_on - date '2000-01-01') FROM (
    SELECT greatest(
               (last_on + make_interval(years => greatest(
                   CASE WHEN last_on >= of_age_on THEN law.adult END,
                   CASE WHEN first_on < of_age_on THEN law.minor END)))::date,
               CASE WHEN first_on < of_age_on
                    THEN (birth_on + make_interval(years => law.age))::date END,
               (signed_on + interval '6 years')::date) + 1 AS eligible_on
      FROM (SELECT p.chart_id, p.unit_id, p.birth_on, visits.first_on, visits.last_on,
                   papers.signed_on, (p.birth_on + interval '18 years')::date AS of_age_on
              FROM patients_patient p
              JOIN (SELECT visit.patient_id,
                           min((visit.started_at AT TIME ZONE f.time_zone)::date) AS first_on,
                           max((coalesce(visit.ended_at, visit.started_at)
                                AT TIME ZONE f.time_zone)::date) AS last_on
                      FROM encounters_encounter visit
                      JOIN access_custodyunit u ON u.id = visit.unit_id
                      JOIN access_facility f ON f.id = u.facility_id
                     WHERE visit.status <> 'CANCELLED' GROUP BY visit.patient_id
                   ) visits ON visits.patient_id = p.chart_id
              LEFT JOIN (SELECT document.patient_id, max(document.service_on) AS signed_on
                           FROM documents_document document
                          WHERE document.status <> 'DESTROYED' AND document.type_id IN (
                                SELECT id FROM documents_documenttype
                                 WHERE code IN ('AUTHORIZATION', 'CONSENT'))
                          GROUP BY document.patient_id
                   ) papers ON papers.patient_id = p.chart_id
             WHERE p.status = 'ACTIVE' AND p.birth_on <= visits.first_on) lives
      JOIN access_custodyunit unit ON unit.id = lives.unit_id
      JOIN access_facility facility ON facility.id = unit.facility_id
      JOIN (VALUES ('TX', 10, 10, 20), ('NJ', 10, 10, 23), ('PA', 10, 5, 25), ('NY', 10, 6, 21),
                   ('MD', 10, 7, 25)) law (state, adult, minor, age)
        ON law.state = facility.state) answers
"""
STORED = """
SELECT count(*), sum(eligible_on - date '2000-01-01') FROM retention_evaluation WHERE block = ''
"""


def run(*, rounds: int = 3) -> dict[str, Any]:
    """Evaluate every chart, and run the bare statement; rounds alternate, figures are medians.

    The first evaluation writes every answer that is not there yet; those after it find nothing
    changed, as most nights do.
    """
    from django.db import connection

    from records.retention.services import evaluations

    first = evaluations.evaluate()
    bare, ours = [], []
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0; SET work_mem = '256MB'")
        for _ in range(rounds):
            began = time.perf_counter()
            cursor.execute(BARE)
            by_hand = cursor.fetchone()
            bare.append(time.perf_counter() - began)
            ours.append(evaluations.evaluate().seconds)
        cursor.execute(STORED)
        stored = cursor.fetchone()
    ratio = median(ours) / median(bare)
    return {
        "days_apart": abs(int(by_hand[1]) - int(stored[1])),
        "dated": {"by_hand": by_hand[0], "stored": stored[0]},
        "charts": first.charts,
        "first_seconds": first.seconds,
        "first_changed": first.changed,
        "nightly_seconds": round(median(ours), 3),
        "bare_seconds": round(median(bare), 3),
        "ratio_to_bare": round(ratio, 2),
        "target_ratio": TARGET,
        "charts_per_second": round(first.charts / median(ours)),
        "met": ratio <= TARGET,
    }


def fill(superuser: str, charts: int) -> None:
    """Put `charts` charts with two visits each into an empty database, triggers off."""
    with closing(psycopg2.connect(superuser)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute(
            "SELECT column_name, data_type FROM information_schema.columns"
            " WHERE table_name = 'patients_patient' AND is_nullable = 'NO'"
        )
        blank = {"boolean": "false"}
        values = {name: blank.get(kind, "''") for name, kind in cursor.fetchall()} | PATIENT
        sql = FILL.format(patient=", ".join(values), values=", ".join(values.values()))
        cursor.execute(sql, {"charts": charts})


def main() -> None:
    """Fill the database if asked to, measure, and print JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--charts", type=int, default=0)
    parser.add_argument("--superuser", default="")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    if options.charts:
        fill(options.superuser, options.charts)
    print(json.dumps(run(rounds=options.rounds)))


if __name__ == "__main__":
    main()
