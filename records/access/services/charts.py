"""Charts as objects of custody: opened for a new patient, moved between units."""

from __future__ import annotations

from accounts.models import User
from audit.enums import Action
from audit.services import events
from audit.writes import attributed
from records.access.enums import ChartStatus
from records.access.models import Chart, ChartUnit, CustodyUnit


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
def mark_destroyed(*, actor: User, chart_id: int) -> Chart:
    """Close a chart whose documents were all destroyed; only its stub opens from now on."""
    chart = Chart.objects.select_for_update().get(pk=chart_id)
    chart.status = ChartStatus.DESTROYED
    chart.save(update_fields=["status"])
    return chart
