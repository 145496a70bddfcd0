"""Locks on patients, taken once a transaction and in sorted order: no two wait in a ring.

The lock collides with the one that the erasure of a key takes: whoever comes second sees what the
first one did.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

LOCK = """
SELECT chart_id, status FROM patients_patient
 WHERE chart_id = ANY(%s) ORDER BY chart_id FOR {strength}
"""


def lock_patients(patient_ids: Iterable[int]) -> dict[int, str]:
    """Lock patients against an erasure of theirs; return the status of each that exists."""
    return _lock(patient_ids, "NO KEY UPDATE")


def lock_for_erasure(patient_id: int) -> str:
    """Lock one patient against new holds, documents and moves; return the status."""
    return _lock([patient_id], "UPDATE")[patient_id]


def _lock(patient_ids: Iterable[int], strength: str) -> dict[int, str]:
    with connection.cursor() as cursor:
        cursor.execute(LOCK.format(strength=strength), [sorted(set(patient_ids))])
        return dict(cursor.fetchall())
