"""Who could work with a chart, for the rooms that ask somebody else to do so."""

from __future__ import annotations

from collections.abc import Set

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from records.access.enums import SensitivityClass, UnitRight
from records.access.models import (
    Chart,
    ChartUnit,
    ChartUserPermission,
    CustodyUnit,
    UnitGroupPermission,
    UnitUserPermission,
)


def among(people: QuerySet[User], *, chart_id: int, classes: Set[str]) -> QuerySet[User]:
    """Return those of `people` who hold a right to the chart and see all `classes` in it.

    A right on a unit that keeps the chart, by name or by role, or on the chart itself. Care and
    assigned work lead single people to single charts and an emergency lasts an hour: nobody is
    asked for work on such a ground. `people` are of roles that open charts; one query, as the
    caller's.
    """
    first = Chart.objects.filter(pk=chart_id).values("unit_id")
    extra = ChartUnit.objects.filter(chart_id=chart_id).values("unit_id")
    units = CustodyUnit.objects.filter(Q(pk__in=first) | Q(pk__in=extra))
    granted = ChartUserPermission.objects.filter(
        _in_force(), user=OuterRef("pk"), content_object=chart_id
    )
    found = people.filter(_holds(UnitRight.VIEW_CHART, units) | Q(Exists(granted)))
    for sensitivity in sorted(classes - {SensitivityClass.NORMAL}):
        showing = units.filter(sensitivity_classes__contains=[sensitivity])
        found = found.filter(_holds(UnitRight.VIEW_PROTECTED, showing))
    return found


def _holds(right: UnitRight, units: QuerySet[CustodyUnit]) -> Q:
    held = _in_force() & Q(permission__codename=right, content_object__in=units)
    own = UnitUserPermission.objects.filter(held, user=OuterRef("pk"))
    by_role = UnitGroupPermission.objects.filter(held, group__user=OuterRef("pk"))
    return Q(Exists(own)) | Q(Exists(by_role))


def _in_force() -> Q:
    return Q(expires_at__isnull=True) | Q(expires_at__gt=timezone.now())
