"""What of the lists a person may see, as values and as SQL that other rooms put in place."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from accounts.models import User
from records.access import relationships, system_work
from records.access.permissions import OPEN_CHART
from records.access.selectors import rights

# A person with fewer single grants than this is asked for by their ids, others by a probe for
# each row: each is thousands of times dearer in the other's place.
MANY_GRANTS = 5000

GRANTED = """
SELECT mine.content_object_id
  FROM access_chartuserpermission mine
 WHERE mine.user_id = %(user)s
   AND (mine.expires_at IS NULL OR mine.expires_at > statement_timestamp())
UNION
SELECT extra.chart_id FROM access_chartunit extra WHERE extra.unit_id = ANY(%(units)s)
"""


@dataclass(frozen=True)
class ListScope:
    """The charts a person may open, for lists: whole units, and single charts beside them.

    A broken glass opens one chart and puts it into no list.
    """

    user_id: int
    unit_ids: list[int]
    directory_unit_ids: list[int]
    single_ids: list[int] | None

    @property
    def params(self) -> dict[str, object]:
        """Values for `WHERE_OPEN` and for queries of the rooms above."""
        return {
            "scope_user": self.user_id,
            "scope_units": self.unit_ids,
            "scope_directory": self.directory_unit_ids,
            "scope_singles": self.single_ids or [],
        }

    def where_single(self, column: str) -> str:
        """Return SQL that is true for the single charts beside the person's units.

        `column` is the name of the column that holds the chart's id; never user input.
        """
        if self.single_ids is not None:
            return f"{column} = ANY(%(scope_singles)s)"
        return f"""EXISTS (
            SELECT 1 FROM access_chartuserpermission mine
             WHERE mine.user_id = %(scope_user)s AND mine.content_object_id = {column}
               AND (mine.expires_at IS NULL OR mine.expires_at > statement_timestamp())
            UNION ALL
            SELECT 1 FROM access_chartunit extra
             WHERE extra.chart_id = {column} AND extra.unit_id = ANY(%(scope_units)s)
            {relationships.where_sql(column)})"""


def list_scope(user: User) -> ListScope:
    """Return which charts `user` may see in lists: one query beside the unit rights.

    Nothing for roles that open no charts, whatever rights were given to the person.
    """
    held = rights.get_unit_rights(user)
    if not user.has_perm(OPEN_CHART) and system_work.unit_of(user) is None:
        return ListScope(user.pk, [], held.directory_units, [])
    units = sorted(held.open_units)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT * FROM ({GRANTED}{relationships.list_sql()}) singles LIMIT %(many)s",
            {"user": user.pk, "units": units, "many": MANY_GRANTS + 1},
        )
        singles = [row[0] for row in cursor.fetchall()]
    return ListScope(
        user_id=user.pk,
        unit_ids=units,
        directory_unit_ids=held.directory_units,
        single_ids=singles if len(singles) <= MANY_GRANTS else None,
    )
