"""Panels of the chart page, registered by the rooms above and by this room for those below.

A panel is a template and a function from an opened scope to its values; it makes at most two
queries, whatever the chart holds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from records.access.services.opening import ChartScope

Column = Literal["left", "main", "right"]


@dataclass(frozen=True)
class Panel:
    """One panel: where it stands, what draws it, who sees it."""

    name: str
    column: Column
    position: int
    template: str
    values: Callable[[ChartScope], dict[str, Any]]
    permission: str = ""


@dataclass(frozen=True)
class Shown:
    """A panel with its values, ready to be drawn."""

    template: str
    values: dict[str, Any]


_panels: dict[str, Panel] = {}


def register(panel: Panel) -> None:
    """Show `panel` on every chart page to those who hold its permission."""
    _panels[panel.name] = panel


def list_panels(scope: ChartScope, column: Column) -> list[Shown]:
    """Return the panels of a column that the scope's person sees, in their order."""
    wanted = sorted(
        (panel for panel in _panels.values() if panel.column == column),
        key=lambda panel: (panel.position, panel.name),
    )
    return [
        Shown(panel.template, panel.values(scope))
        for panel in wanted
        if not panel.permission or scope.actor.has_perm(panel.permission)
    ]
