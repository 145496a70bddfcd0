"""People like the one about to be registered, so that nobody gets a second chart (MPI-2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db import connection

from accounts import crypto
from accounts.models import User
from records.access.selectors import scopes
from records.patients.rules import keys, phones, ssn
from records.patients.selectors import lines
from records.patients.selectors.lines import DirectoryLine

if TYPE_CHECKING:
    from records.patients.services.facts import PersonFacts, ReachFacts

MOST = 8
NEAR = 0.3
SHARED_PHONE_NEAR = 0.4
SAME_PHONE = "same phone"
CANDIDATES = f"""
SELECT found.id, (array_agg(found.why ORDER BY found.score DESC, found.why))[1],
       EXISTS (SELECT 1 FROM patients_phone phone
                WHERE phone.patient_id = found.id AND phone.digits = ANY(%(phones)s))
  FROM (
    (SELECT patient_id AS id, 4.0 AS score, 'same social security number' AS why
       FROM patients_identifier
      WHERE blind_index = ANY(%(blind)s) AND kind = 'SSN' AND is_current LIMIT {MOST})
    UNION ALL
    (SELECT chart_id, 3.0, 'same name and birth date' FROM patients_patient
      WHERE family_key = %(family)s AND given_key = %(given)s AND birth_on = %(birth)s
      LIMIT {MOST})
    UNION ALL
    (SELECT other.patient_id, 2.9, 'same former or other name, and birth date'
       FROM patients_name other
       JOIN patients_patient p ON p.chart_id = other.patient_id
      WHERE other.family_key = %(family)s AND other.given_key = %(given)s
        AND p.birth_on = %(birth)s LIMIT {MOST})
    UNION ALL
    (SELECT chart_id, 2.0 + similarity(name_key, %(name)s) * 0.9,
            'name sounds alike, same birth date'
       FROM patients_patient
      WHERE sound_key = %(sound)s AND birth_on = %(birth)s
      ORDER BY 2 DESC LIMIT {MOST})
    UNION ALL
    (SELECT chart_id, 1.0 + similarity(name_key, %(name)s) * 0.9,
            'similar name, same birth date'
       FROM patients_patient
      WHERE block_initial_birth = %(initial)s AND %(initial)s <> ''
        AND similarity(name_key, %(name)s) > {NEAR} ORDER BY 2 DESC LIMIT {MOST})
    UNION ALL
    (SELECT phone.patient_id, 1.0 + similarity(p.name_key, %(name)s) * 0.9,
            'similar name, {SAME_PHONE}'
       FROM patients_phone phone JOIN patients_patient p ON p.chart_id = phone.patient_id
      WHERE phone.digits = ANY(%(phones)s)
        AND similarity(p.name_key, %(name)s) > {SHARED_PHONE_NEAR}
      ORDER BY 2 DESC LIMIT {MOST})
    UNION ALL
    (SELECT chart_id, 0.5, 'same name' FROM patients_patient
      WHERE %(birth)s::date IS NULL AND family_key = %(family)s AND given_key = %(given)s
      LIMIT {MOST})
) found
 GROUP BY found.id ORDER BY max(found.score) DESC, found.id LIMIT {MOST}
"""


def list_candidates(
    facts: PersonFacts, reach: ReachFacts, social_security: str = ""
) -> dict[int, str]:
    """Return the registered people who may be this one, likeliest first, each with the reason.

    The house's whole index is searched, whatever the unit: a second chart harms the patient.
    What of them is shown depends on the person who asks (`get_candidate_lines`).
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
        "blind": crypto.blind_indexes("ssn", checked.digits) if checked.digits else [],
        "phones": [parsed.digits for f in reach.phones if (parsed := phones.parse(f.number))],
    }
    with connection.cursor() as cursor:
        cursor.execute(CANDIDATES, params)
        rows: list[tuple[int, str, bool]] = cursor.fetchall()
    return {patient_id: _reason(why, has_phone) for patient_id, why, has_phone in rows}


def _reason(why: str, has_phone: bool) -> str:
    """Return the strongest reason, and the phone beside it where that agrees too."""
    return f"{why}, {SAME_PHONE}" if has_phone and SAME_PHONE not in why else why


def get_candidate_lines(user: User, found: Mapping[int, str]) -> list[DirectoryLine]:
    """Return the lines of candidates as `user` may see them.

    Of somebody in a unit hidden from them they learn only that a supervisor has to be asked: to
    be a patient of such a unit is itself protected (42 CFR 2.13(c)).
    """
    return lines.get_visible_lines(list(found), scopes.list_scope(user), found)
