"""Who holds which right on a unit or a chart, with grantor, reason and end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.enums import Role
from accounts.models import User
from records.access.enums import UnitRight
from records.access.models import (
    ChartUserPermission,
    CustodyUnit,
    UnitGroupPermission,
    UnitUserPermission,
)

Row = UnitGroupPermission | UnitUserPermission | ChartUserPermission


@dataclass(frozen=True)
class Holder:
    """One right of one holder."""

    name: str
    user_id: int | None
    role: str
    right: UnitRight
    granted_by: str
    granted_at: datetime
    reason: str
    expires_at: datetime | None

    def is_same(self, *, reason: str, expires_at: datetime | None) -> bool:
        """Tell whether the right was given for this reason and until then."""
        return (self.reason, self.expires_at) == (reason, expires_at)


def list_holders(unit: CustodyUnit) -> list[Holder]:
    """Return the rights in force on a unit, roles first: two queries."""
    in_force = Q(expires_at__isnull=True) | Q(expires_at__gt=timezone.now())
    groups = UnitGroupPermission.objects.filter(in_force, content_object=unit)
    people = UnitUserPermission.objects.filter(in_force, content_object=unit)
    rows: list[Row] = [
        *groups.select_related("group", "permission", "granted_by").order_by("group__name"),
        *people.select_related("user", "permission", "granted_by").order_by("user__display_name"),
    ]
    return [_holder(row) for row in rows]


def find_holder(
    unit: CustodyUnit, right: UnitRight, *, user: User | None = None, role: str | None = None
) -> Holder | None:
    """Return the right in force that a person or a role holds on a unit, if it does."""
    key = (right, user.pk if user else None, "" if user else role or "")
    found = (one for one in list_holders(unit) if (one.right, one.user_id, one.role) == key)
    return next(found, None)


def find_chart_holder(chart_id: int, user: User) -> Holder | None:
    """Return the right in force that a person holds on one chart, if they do."""
    return next((one for one in list_chart_holders(chart_id) if one.user_id == user.pk), None)


def list_unstaffed(most: int) -> list[CustodyUnit]:
    """Return units in use whose charts nobody may open, neither by role nor by name."""
    in_force = Q(expires_at__isnull=True) | Q(expires_at__gt=timezone.now())
    here = Q(content_object=OuterRef("pk"), permission__codename=UnitRight.VIEW_CHART)
    held = [
        Exists(model.objects.filter(in_force, here))
        for model in (UnitGroupPermission, UnitUserPermission)
    ]
    return list(
        CustodyUnit.objects.filter(~held[0], ~held[1], is_active=True).order_by("name")[:most]
    )


def _holder(row: Row) -> Holder:
    is_role = isinstance(row, UnitGroupPermission)
    return Holder(
        name=Role(row.group.name).label if is_role else row.user.display_name,
        user_id=None if is_role else row.user_id,
        role=row.group.name if is_role else "",
        right=UnitRight(row.permission.codename),
        granted_by=row.granted_by.display_name,
        granted_at=row.granted_at,
        reason=row.reason,
        expires_at=row.expires_at,
    )


def list_chart_holders(chart_id: int) -> list[Holder]:
    """Return the rights in force on one chart, by name: one query."""
    in_force = Q(expires_at__isnull=True) | Q(expires_at__gt=timezone.now())
    rows = ChartUserPermission.objects.filter(in_force, content_object=chart_id)
    people = rows.select_related("user", "permission", "granted_by")
    return [_holder(row) for row in people.order_by("user__display_name", "pk")]
