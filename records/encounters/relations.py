"""How this room leads people to charts: those they treat, and numbers of theirs in the search."""

from __future__ import annotations

from audit.enums import Basis
from records.access import relationships
from records.access.relationships import Relationship
from records.patients.enums import QueryKind
from records.patients.selectors import branches

# A practitioner keeps access to a chart while the stay goes on and for some time after it, or
# after handing it over, to finish what is owed to the record: 60 days cover the 30 of
# 42 CFR 482.24(c)(4)(vii) twice. A planned visit to which nobody came ends it as well.
ATTENDS = """
SELECT {column} FROM encounters_encounter care
  JOIN encounters_provider treating ON treating.id = care.attending_id
 WHERE treating.user_id = %(user)s AND treating.is_active AND care.status <> 'CANCELLED'
   AND coalesce(care.ended_at, 'infinity'::timestamptz)
       > statement_timestamp() - interval '60 days'
   AND (care.status <> 'PLANNED' OR care.started_at > statement_timestamp() - interval '60 days')
   {narrowed}
"""
HANDED_OVER = """
SELECT {column} FROM encounters_encountermove moved
  JOIN encounters_provider treating ON treating.id = moved.from_attending_id
  JOIN encounters_encounter care ON care.id = moved.encounter_id
 WHERE treating.user_id = %(user)s AND treating.is_active AND care.status <> 'CANCELLED'
   AND moved.to_attending_id IS NOT NULL
   AND moved.moved_at > statement_timestamp() - interval '60 days'
   {narrowed}
"""


def _treats(column: str, narrowed: str = "") -> str:
    parts = (sql.format(column=column, narrowed=narrowed) for sql in (ATTENDS, HANDED_OVER))
    return " UNION ".join(parts)


def register() -> None:
    """Tell access of the attending, and search of account numbers."""
    relationships.register(
        Relationship(
            name="attending",
            basis=Basis.CARE,
            one=_treats("1", "AND care.patient_id = %(chart)s"),
            many=_treats("care.patient_id"),
        )
    )
    branches.register_lookup(
        QueryKind.ACCOUNT,
        table="encounters_encounter",
        key="patient_id",
        column="account_number",
        why="account number",
    )
