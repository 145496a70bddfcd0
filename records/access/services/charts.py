"""Charts as objects of custody: opened for a new patient, moved between units."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.utils import timezone

from accounts.models import User
from audit.enums import Action
from audit.services import events
from audit.writes import attributed
from records.access import custody
from records.access.enums import ChartStatus
from records.access.errors import ChartMovedMeanwhile, MoveRefused
from records.access.models import Chart, ChartMove, ChartUnit, CustodyUnit
from records.access.selectors import moves, rights, units
from records.access.services import access_requests, opening

NOT_THERE = "You do not work in the unit that keeps this chart, so you cannot move it."
NOT_OFFERED = "You cannot move this chart to that unit."
NOT_IN_USE = "This chart is closed, so it is not moved."


@attributed
def create(*, actor: User, unit_id: int) -> Chart:
    """Open a chart in the custody of a unit; its key becomes the patient's.

    Raises:
        CustodyUnit.DoesNotExist: no such unit, or one no longer in use.
    """
    unit = CustodyUnit.objects.get(pk=unit_id, is_active=True)
    return Chart.objects.create(unit=unit)


@attributed
def add_unit(*, actor: User, chart_id: int, unit_id: int) -> ChartUnit:
    """Let a further unit keep the chart too."""
    row, is_new = ChartUnit.objects.get_or_create(chart_id=chart_id, unit_id=unit_id)
    if is_new:
        events.record(
            action=Action.RIGHT_GRANTED,
            actor=actor,
            patient_id=chart_id,
            subject_type="unit",
            subject_id=unit_id,
        )
    return row


@attributed
def move(
    *, actor: User, chart_id: int, unit_id: int, reason: str, seen: int | None = None
) -> ChartMove | None:
    """Give a chart into the custody of another unit; who had it by the old one alone loses it.

    `seen` is the key of the last move that the form knew, 0 for none. First the rows that others
    insert under are locked, then the chart; then everything that carries the unit follows. The
    old and the new unit are no further keepers of the chart beside it any more. Where the chart is
    in the unit already, the last move is returned: a form sent twice moves once.

    Raises:
        MoveRefused: as `check_movable` and `check_move`.
        ChartMovedMeanwhile: somebody moved it since the form was opened.
        ChartUnknown, ChartDestroyed, ChartRefused: the actor may not open the chart.
    """
    opening.peek_scope(actor=actor, patient_id=chart_id)
    custody.lock_all(chart_id)
    chart = Chart.objects.select_for_update(of=("self",)).select_related("unit").get(pk=chart_id)
    if chart.unit_id == unit_id:
        return moves.get_last(chart_id)
    check_move(actor=actor, chart=chart, unit_id=unit_id, seen=seen)
    made = ChartMove.objects.create(
        chart=chart,
        from_unit_id=chart.unit_id,
        to_unit_id=unit_id,
        reason=reason,
        moved_at=timezone.now(),
        moved_by=actor,
    )
    chart.unit_id = unit_id
    chart.save(update_fields=["unit"])
    ChartUnit.objects.filter(chart=chart, unit__in=(made.from_unit_id, unit_id)).delete()
    custody.follow_all(chart_id, unit_id)
    events.record(
        action=Action.CHART_MOVED,
        actor=actor,
        patient_id=chart_id,
        subject_type="unit",
        subject_id=unit_id,
        detail={"from_unit": made.from_unit_id, "to_unit": unit_id},
    )
    return made


def check_movable(*, actor: User, chart: Chart) -> None:
    """Check that the person may move a chart at all.

    Raises:
        MoveRefused: it is closed, or they do not work in the unit that keeps it.
        ChartUnknown, ChartDestroyed, ChartRefused, GlassReadsOnly: they may not work on it.
    """
    opening.peek_scope(actor=actor, patient_id=chart.pk)
    if chart.status != ChartStatus.OPEN:
        raise MoveRefused(NOT_IN_USE, status=409, **_facts(chart.pk))
    if chart.unit_id not in rights.get_unit_rights(actor).open_units:
        raise MoveRefused(NOT_THERE, **_facts(chart.pk))


def check_move(*, actor: User, chart: Chart, unit_id: int, seen: int | None) -> None:
    """Check that the person may move a chart to a unit, as the form showed it.

    Raises:
        MoveRefused: as `check_movable`, or the unit is none that they may move it to.
        ChartMovedMeanwhile: somebody moved it since the form was opened.
    """
    check_movable(actor=actor, chart=chart)
    if seen is not None and seen != moves.get_last_key(chart.pk):
        raise ChartMovedMeanwhile(**_facts(chart.pk))
    if not units.list_move_targets(actor, chart.unit).filter(pk=unit_id).exists():
        raise MoveRefused(NOT_OFFERED, **_facts(chart.pk))


def _facts(chart_id: int) -> dict[str, Any]:
    return {"action": Action.CHART_MOVED, "patient_id": chart_id}


@attributed
def mark_destroyed(*, actor: User, chart_id: int) -> Chart:
    """Close a chart whose documents were all destroyed; only its stub opens from now on.

    Why it was moved between units goes with it; who moved it, and when, stays. What is asked for
    on it lapses.
    """
    chart = Chart.objects.select_for_update().get(pk=chart_id)
    chart.status = ChartStatus.DESTROYED
    chart.save(update_fields=["status"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT access_forget_moves(%s)", [chart_id])
    access_requests.lapse_of_chart(actor=actor, chart_id=chart_id)
    return chart
