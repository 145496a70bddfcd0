"""Where a chart was kept before, and since when it is where it is."""

from __future__ import annotations

from records.access.models import Chart, ChartMove


def get_chart(chart_id: int) -> Chart:
    """Return a chart with the unit that keeps it, in one query; no patient data.

    Raises:
        Chart.DoesNotExist: there is none.
    """
    return Chart.objects.select_related("unit").get(pk=chart_id)


def list_moves(chart_id: int) -> list[ChartMove]:
    """Return the moves of a chart, the newest first, in one query."""
    rows = ChartMove.objects.filter(chart=chart_id)
    return list(rows.select_related("from_unit", "to_unit", "moved_by").order_by("-pk"))


def get_last(chart_id: int) -> ChartMove | None:
    """Return the last move of a chart, None where it is where it was opened."""
    return ChartMove.objects.filter(chart=chart_id).order_by("-pk").first()


def get_last_key(chart_id: int) -> int:
    """Return the key of the last move of a chart, 0 where there is none."""
    last = get_last(chart_id)
    return last.pk if last else 0
