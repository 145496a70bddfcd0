"""Who is told of an emergency access, and who has not looked yet."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.selectors import users
from records.access.enums import UnitRight
from records.access.models import (
    Chart,
    ChartUnit,
    GlassNotice,
    UnitGroupPermission,
    UnitUserPermission,
)
from records.access.permissions import REVIEW_BROKEN_GLASS, VIEW_BROKEN_GLASS


@dataclass(frozen=True)
class Told:
    """The people who are told of an emergency access to one chart, each once."""

    unit_name: str
    supervisors: tuple[User, ...]
    compliance: tuple[User, ...]

    @property
    def people(self) -> tuple[User, ...]:
        """Return everybody who is told."""
        return (*self.supervisors, *self.compliance)


def find_told(*, actor: User, chart_id: int) -> Told:
    """Return whom an emergency access of `actor` to a chart is told: three queries.

    Compliance is always told; beside it whoever supervises a unit that keeps the chart. Where no
    supervisor does, compliance is who is left.

    Raises:
        Chart.DoesNotExist: no such chart.
    """
    chart = Chart.objects.select_related("unit").get(pk=chart_id)
    compliance = users.list_carriers(REVIEW_BROKEN_GLASS).exclude(pk=actor.pk)
    supervisors = (
        users.list_carriers(VIEW_BROKEN_GLASS)
        .exclude(pk=actor.pk)
        .exclude(pk__in=compliance.values("pk"))
        .filter(_works_with(chart))
    )
    return Told(chart.unit.name, tuple(supervisors), tuple(compliance))


def list_notices(glass_id: int) -> QuerySet[GlassNotice]:
    """Return who was told of one emergency access, by name."""
    rows = GlassNotice.objects.filter(glass_id=glass_id).select_related("user")
    return rows.order_by("user__display_name", "pk")


def list_unseen(user: User) -> QuerySet[GlassNotice]:
    """Return what `user` was told and has not looked at, oldest first."""
    rows = GlassNotice.objects.filter(user=user, seen_at__isnull=True)
    return rows.select_related("glass__user", "glass__chart__unit").order_by("told_at", "pk")


def _works_with(chart: Chart) -> Q:
    """Return the condition that a person may open the charts of a unit that keeps `chart`."""
    extra = ChartUnit.objects.filter(chart=chart).values("unit_id")
    on_unit = Q(content_object=chart.unit_id) | Q(content_object__in=extra)
    in_force = Q(expires_at__isnull=True) | Q(expires_at__gt=timezone.now())
    opens = on_unit & in_force & Q(permission__codename=UnitRight.VIEW_CHART)
    own = UnitUserPermission.objects.filter(opens, user=OuterRef("pk"))
    by_role = UnitGroupPermission.objects.filter(opens, group__user=OuterRef("pk"))
    return Q(Exists(own)) | Q(Exists(by_role))
