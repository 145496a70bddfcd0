"""The residual abstract of a patient, read in one query before the rest of the chart goes."""

from __future__ import annotations

import json
from typing import Any

from django.db import connection

# rules 4.6: what stays for ever. Days are those of the facility.
ABSTRACT = """
SELECT json_build_object(
    'name', json_build_object('family', p.family, 'given', p.given, 'middle', p.middle,
                              'suffix', p.suffix),
    'aliases', coalesce((
        SELECT json_agg(json_build_object('kind', other.kind, 'family', other.family,
                                          'given', other.given, 'middle', other.middle)
                        ORDER BY other.id)
          FROM patients_name other WHERE other.patient_id = p.chart_id), '[]'),
    'birth_on', p.birth_on,
    'birth_precision', p.birth_precision,
    'died_on', p.died_on,
    'sex', p.sex,
    'mother_maiden_name', p.mother_maiden_name,
    'numbers', coalesce((
        SELECT json_agg(json_build_object('kind', known.kind, 'value', known.value,
                                          'is_current', known.is_current) ORDER BY known.id)
          FROM patients_identifier known
         WHERE known.patient_id = p.chart_id AND known.kind IN ('MRN', 'FORMER_MRN')), '[]'),
    'encounters', coalesce((
        SELECT json_agg(json_build_object(
                   'kind', visit.kind, 'account', visit.account_number,
                   'from', (visit.started_at AT TIME ZONE facility.time_zone)::date,
                   'to', (visit.ended_at AT TIME ZONE facility.time_zone)::date,
                   'attending', coalesce(provider.name, ''), 'service', visit.service,
                   'reason', visit.reason, 'disposition', visit.disposition)
               ORDER BY visit.started_at, visit.id)
          FROM encounters_encounter visit
          JOIN access_custodyunit unit ON unit.id = visit.unit_id
          JOIN access_facility facility ON facility.id = unit.facility_id
          LEFT JOIN encounters_provider provider ON provider.id = visit.attending_id
         WHERE visit.patient_id = p.chart_id AND visit.status <> 'CANCELLED'), '[]')
)::text FROM patients_patient p WHERE p.chart_id = %s
"""


def get_abstract(patient_id: int) -> dict[str, Any]:
    """Return the residual abstract of a patient."""
    with connection.cursor() as cursor:
        cursor.execute(ABSTRACT, [patient_id])
        return dict(json.loads(cursor.fetchone()[0]))
