"""How work on a request leads a person to its chart.

Only work that somebody else gave: whoever takes a request up themselves had a ground already,
and loses the chart with that ground.
"""

from __future__ import annotations

from audit.enums import Basis
from records.access import relationships
from records.access.relationships import Relationship

PREPARING = """
    SELECT {what} FROM requests_release_request work
     WHERE work.prepared_by_id = %(user)s AND work.assigned_by_id IS NOT NULL
       AND work.assigned_by_id <> work.prepared_by_id
       AND work.status NOT IN ('WITHDRAWN', 'CLOSED') {chart}
"""
REVIEWING = """
    SELECT {what} FROM requests_release_request work
     WHERE work.reviewer_id = %(user)s
       AND work.status IN ('SUBMITTED', 'APPROVED', 'PACKAGING', 'READY') {chart}
"""
OF_CHART = "AND work.patient_id = %(chart)s"


def register_all() -> None:
    """Let an assigned preparer and a named reviewer open the request's chart."""
    for name, sql in (("release_preparer", PREPARING), ("release_reviewer", REVIEWING)):
        relationships.register(
            Relationship(
                name=name,
                basis=Basis.WORK,
                one=sql.format(what="1", chart=OF_CHART),
                many=sql.format(what="work.patient_id", chart=""),
            )
        )
