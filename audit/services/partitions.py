"""Makes the trail's partitions ahead of time, so that no month begins without one."""

from __future__ import annotations

from django.db import connection


def make_partitions() -> int:
    """Make what is missing of this month's and the next three months' partitions; return how many.

    Rows that landed in a default partition get that one as their month's, and an empty default
    takes its place. The work is a function's in the database that runs with the owner's rights.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_make_partitions()")
        return int(cursor.fetchone()[0])
