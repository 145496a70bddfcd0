"""Opening a chart: the only way from a person to a patient's data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db import connection

from accounts.models import User
from audit.enums import Action, Basis
from audit.services import events
from records.access import relationships, system_work
from records.access.enums import ChartStatus, Use
from records.access.errors import (
    ChartDestroyed,
    ChartRefused,
    ChartUnknown,
    ClassHidden,
    GlassReadsOnly,
)
from records.access.permissions import BREAK_GLASS, OPEN_CHART
from records.access.rules import purposes, visibility
from records.access.selectors import access_requests, rights

CHART = """
SELECT chart.unit_id, chart.status,
       ARRAY(SELECT unit_id FROM access_chartunit WHERE chart_id = chart.id)
  FROM access_chart chart
 WHERE chart.id = %(chart)s
"""
# Dear to plan with its many relationships, so it is asked only where the units give no ground.
BESIDE_UNITS = """
SELECT EXISTS (SELECT 1 FROM access_chartuserpermission mine
                WHERE mine.user_id = %(user)s AND mine.content_object_id = %(chart)s
                  AND (mine.expires_at IS NULL OR mine.expires_at > statement_timestamp())),
       (SELECT NULLIF(max(COALESCE(mine.expires_at, 'infinity')), 'infinity')
          FROM access_chartuserpermission mine
         WHERE mine.user_id = %(user)s AND mine.content_object_id = %(chart)s),
       (SELECT glass.id FROM access_brokenglass glass
         WHERE glass.user_id = %(user)s AND glass.chart_id = %(chart)s
           AND glass.closed_at IS NULL AND glass.ends_at > statement_timestamp())
       {relationships}
"""


@dataclass(frozen=True)
class ChartScope:
    """What one person may see of one chart, on which ground; selectors read through it."""

    patient_id: int
    actor: User
    basis: Basis
    classes: frozenset[str]
    glass_id: int | None = None
    # The end of the right on this single chart, where that right is the ground and has an end.
    granted_until: datetime | None = None

    def check_class(self, sensitivity: str) -> None:
        """Refuse a document whose class this scope does not show.

        Raises:
            ClassHidden: the class is not among the visible ones.
        """
        if sensitivity not in self.classes:
            raise ClassHidden(patient_id=self.patient_id)


@dataclass(frozen=True)
class Ground:
    """The decision on one person and one chart, before anything is written."""

    basis: Basis | None
    units: frozenset[int]
    status: str
    glass_id: int | None
    is_listed: bool
    granted_until: datetime | None = None


def open_chart(
    *,
    actor: User,
    patient_id: int,
    purpose: str = "",
    action: Action = Action.CHART_OPENED,
    use: Use = Use.READING,
    subject_type: str = "",
    subject_id: Any = "",
    detail: dict[str, Any] | None = None,
) -> ChartScope:
    """Decide whether `actor` may open the chart, write the event, and return the scope.

    Grounds are weighed in this order: unit, care, assigned work, grant, broken glass. The event
    is committed when this returns (inside a transaction it refuses to run), so no byte of the
    chart can leave before it stands. A refusal's event is written by who catches it.

    Without a `purpose` the one that ground and roles imply is written: no opening is without.
    A page on which a chart is changed, added to, copied or released asks for `Use.WORK`. An
    emergency access is not enough for that: it shows what cannot wait and opens nothing else.

    Raises:
        ChartUnknown: no such chart, or one of an unlisted unit that the person may not know of.
        ChartDestroyed: the chart was destroyed.
        ChartRefused: no ground; says whether the glass may be broken.
        GlassReadsOnly: broken glass is the only ground, and `use` is work.
    """
    ground = find_ground(actor=actor, patient_id=patient_id)
    basis = _check(ground, actor, patient_id, action, use)
    events.record(
        action=action,
        actor=actor,
        patient_id=patient_id,
        basis=basis,
        purpose=purpose or purposes.implied_purpose(basis, actor.role_names),
        subject_type=subject_type,
        subject_id=subject_id,
        detail=detail,
        durable=True,
    )
    return _scope(ground, basis, actor, patient_id)


def peek_scope(*, actor: User, patient_id: int, use: Use = Use.WORK) -> ChartScope:
    """Return the scope that `open_chart` would return, writing no event.

    For services that write their own event in the transaction of a change (filing a document,
    approving a release) and for workers that re-check a right; never for showing anything. So it
    is for work unless the caller says that an event covers a reading already.

    Raises:
        ChartUnknown, ChartDestroyed, ChartRefused, GlassReadsOnly: as `open_chart`.
    """
    ground = find_ground(actor=actor, patient_id=patient_id)
    basis = _check(ground, actor, patient_id, Action.CHART_OPENED, use)
    return _scope(ground, basis, actor, patient_id)


def find_ground(*, actor: User, patient_id: int) -> Ground:
    """Return on which ground `actor` may open the chart, if any.

    Two queries, and a third one for a person who holds none of the chart's units. A chart that is
    not there is asked for as much, so that the time does not tell it from a hidden one.

    Raises:
        ChartUnknown: no such chart.
    """
    rows = _ask(CHART, actor, patient_id)
    held = rights.get_unit_rights(actor)
    units: frozenset[int] = frozenset({rows[0][0], *rows[0][2]} if rows else ())
    weighed = _weigh(actor, patient_id, is_in_units=bool(units & held.open_units))
    if not rows:
        raise ChartUnknown(patient_id=patient_id)
    is_listed = bool(units & (held.listed_units | held.open_units))
    return Ground(
        weighed.basis, units, rows[0][1], weighed.glass_id, is_listed, weighed.granted_until
    )


@dataclass(frozen=True)
class _Weighed:
    """The first ground that holds, the open glass where no unit gives one, the end of a grant."""

    basis: Basis | None
    glass_id: int | None = None
    granted_until: datetime | None = None


def _weigh(actor: User, patient_id: int, *, is_in_units: bool) -> _Weighed:
    if system_work.unit_of(actor) is not None:
        return _Weighed(Basis.SYSTEM)
    if not actor.has_perm(OPEN_CHART):
        return _Weighed(None)
    if is_in_units:
        return _Weighed(Basis.UNIT)
    sql = BESIDE_UNITS.format(relationships=relationships.columns_sql())
    [(is_granted, granted_until, glass_id, *related)] = _ask(sql, actor, patient_id)
    for relationship, holds in zip(relationships.registered(), related, strict=True):
        if holds:
            return _Weighed(relationship.basis, glass_id)
    if is_granted:
        return _Weighed(Basis.GRANT, glass_id, granted_until)
    return _Weighed(Basis.BROKEN_GLASS if glass_id else None, glass_id)


def _ask(sql: str, actor: User, patient_id: int) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"user": actor.pk, "chart": patient_id})
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _check(ground: Ground, actor: User, patient_id: int, action: Action, use: Use) -> Basis:
    if ground.basis is None and not (ground.is_listed and actor.has_perm(OPEN_CHART)):
        raise ChartUnknown(patient_id=patient_id, action=action)
    if ground.status == ChartStatus.DESTROYED:
        raise ChartDestroyed(patient_id=patient_id, action=action)
    if ground.basis is None:
        raise ChartRefused(
            patient_id=patient_id,
            action=action,
            can_break_glass=actor.has_perm(BREAK_GLASS),
            find_asked=partial(access_requests.find_asked, user=actor, chart_id=patient_id),
        )
    if ground.basis == Basis.BROKEN_GLASS and use is Use.WORK:
        raise GlassReadsOnly(patient_id=patient_id, action=action)
    return ground.basis


def _scope(ground: Ground, basis: Basis, actor: User, patient_id: int) -> ChartScope:
    held = rights.get_unit_rights(actor)
    classes = visibility.visible_classes(basis, ground.units, held.protected_classes)
    glass_id = ground.glass_id if basis == Basis.BROKEN_GLASS else None
    return ChartScope(patient_id, actor, basis, classes, glass_id, ground.granted_until)
