"""The panels of the rooms below this one."""

from __future__ import annotations

from typing import Any

from records.access.services.opening import ChartScope
from records.charts import selectors
from records.charts.panels import Panel, register
from records.charts.permissions import VIEW_RECENT_ACCESS
from records.encounters.selectors import encounters

ENCOUNTERS_SHOWN = 12


def _encounters(scope: ChartScope) -> dict[str, Any]:
    found = encounters.list_lines(scope, ENCOUNTERS_SHOWN + 1)
    return {"encounters": found[:ENCOUNTERS_SHOWN], "has_more": len(found) > ENCOUNTERS_SHOWN}


def _looks(scope: ChartScope) -> dict[str, Any]:
    return {"looks": selectors.list_recent_looks(scope), "patient_id": scope.patient_id}


def register_all() -> None:
    """Show encounters on the left and recent access on the right."""
    register(Panel("encounters", "left", 10, "charts/_encounters.html", _encounters))
    register(Panel("looks", "right", 90, "charts/_looks.html", _looks, VIEW_RECENT_ACCESS))
