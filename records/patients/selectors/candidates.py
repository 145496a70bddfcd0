"""People like the one about to be registered, so that nobody gets a second chart (MPI-2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection

from accounts import crypto
from records.patients.rules import keys, phones, ssn
from records.patients.selectors.search import DirectoryLine, get_lines

if TYPE_CHECKING:
    from records.patients.services.facts import PersonFacts, ReachFacts

MOST = 8
CANDIDATES = f"""
SELECT found.id, max(found.score) AS score FROM (
    (SELECT chart_id AS id, 3.0 AS score FROM patients_patient
      WHERE family_key = %(family)s AND given_key = %(given)s AND birth_on = %(birth)s
      LIMIT {MOST})
    UNION ALL
    (SELECT chart_id, 2.0 + similarity(name_key, %(name)s) FROM patients_patient
      WHERE sound_key = %(sound)s AND birth_on = %(birth)s LIMIT {MOST})
    UNION ALL
    (SELECT chart_id, 1.0 + similarity(name_key, %(name)s) FROM patients_patient
      WHERE block_initial_birth = %(initial)s AND %(initial)s <> ''
        AND similarity(name_key, %(name)s) > 0.3 LIMIT {MOST})
    UNION ALL
    (SELECT patient_id, 4.0 FROM patients_identifier
      WHERE blind_index = %(blind)s AND kind = 'SSN' LIMIT {MOST})
    UNION ALL
    (SELECT phone.patient_id, 1.0 + similarity(p.name_key, %(name)s)
       FROM patients_phone phone JOIN patients_patient p ON p.chart_id = phone.patient_id
      WHERE phone.digits = ANY(%(phones)s) AND similarity(p.name_key, %(name)s) > 0.4
      LIMIT {MOST})
    UNION ALL
    (SELECT other.patient_id, 2.5 FROM patients_name other
       JOIN patients_patient p ON p.chart_id = other.patient_id
      WHERE other.family_key = %(family)s AND other.given_key = %(given)s
        AND p.birth_on = %(birth)s LIMIT {MOST})
    UNION ALL
    (SELECT chart_id, 0.5 FROM patients_patient
      WHERE %(birth)s::date IS NULL AND family_key = %(family)s AND given_key = %(given)s
      LIMIT {MOST})
) found GROUP BY found.id ORDER BY score DESC, found.id LIMIT {MOST}
"""


def list_candidates(
    facts: PersonFacts, reach: ReachFacts, social_security: str = ""
) -> list[DirectoryLine]:
    """Return registered people who may be this one, likeliest first.

    The house's whole index is searched, whatever the unit: a second chart harms the patient
    more than a directory line shows.
    """
    columns = keys.name_columns(facts.name)
    checked = ssn.check(social_security)
    params: dict[str, Any] = {
        "family": columns.family_key,
        "given": columns.given_key,
        "name": columns.name_key,
        "sound": columns.sound_key,
        "birth": facts.birth_on,
        "initial": keys.block_initial_birth(columns.given_key, facts.birth_on),
        "blind": crypto.blind_index("ssn", checked.digits) if checked.digits else None,
        "phones": [parsed.digits for f in reach.phones if (parsed := phones.parse(f.number))],
    }
    with connection.cursor() as cursor:
        cursor.execute(CANDIDATES, params)
        ids = [row[0] for row in cursor.fetchall()]
    return get_lines(ids, (), {})
