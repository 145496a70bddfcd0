"""Rights on units, read once for each loaded person and passed on as values."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from accounts.models import User
from records.access import system_work
from records.access.enums import UnitRight

# Two small look-ups for each of a few units: the planner weighs no order of joins, which cost more
# than the answer.
UNIT_RIGHTS = """
SELECT unit.id, unit.is_listed, unit.sensitivity_classes,
       ARRAY(SELECT (SELECT codename FROM auth_permission WHERE id = mine.permission_id)
               FROM access_unituserpermission mine
              WHERE mine.content_object_id = unit.id AND mine.user_id = %(user)s
                AND (mine.expires_at IS NULL OR mine.expires_at > statement_timestamp()))
    || ARRAY(SELECT (SELECT codename FROM auth_permission WHERE id = ours.permission_id)
               FROM access_unitgrouppermission ours
              WHERE ours.content_object_id = unit.id
                AND ours.group_id IN (
                    SELECT group_id FROM accounts_user_groups WHERE user_id = %(user)s)
                AND (ours.expires_at IS NULL OR ours.expires_at > statement_timestamp()))
  FROM access_custodyunit unit
"""


@dataclass(frozen=True)
class UnitRights:
    """What one person holds on the units of the house."""

    open_units: frozenset[int]
    listed_units: frozenset[int]
    protected_classes: dict[int, frozenset[str]]

    @property
    def directory_units(self) -> list[int]:
        """Units whose patients the directory shows to this person."""
        return sorted(self.open_units | self.listed_units)


def get_unit_rights(user: User) -> UnitRights:
    """Return the person's rights on units; expired ones do not count.

    A unit that takes no new charts any more is among them: its old charts stay to be read.

    One query for each loaded user object, that is one a request: a right withdrawn is gone
    on the next request. The system at its own work has the unit of that work.
    """
    own_unit = system_work.unit_of(user)
    if own_unit is not None:
        return UnitRights(frozenset({own_unit}), frozenset(), {})
    cached: UnitRights | None = getattr(user, "_unit_rights", None)
    if cached is not None:
        return cached
    with connection.cursor() as cursor:
        cursor.execute(UNIT_RIGHTS, {"user": user.pk})
        rows = cursor.fetchall()
    rights = UnitRights(
        open_units=frozenset(row[0] for row in rows if UnitRight.VIEW_CHART in row[3]),
        listed_units=frozenset(row[0] for row in rows if row[1]),
        protected_classes={
            row[0]: frozenset(row[2]) for row in rows if UnitRight.VIEW_PROTECTED in row[3]
        },
    )
    user._unit_rights = rights  # type: ignore[attr-defined]
    return rights
