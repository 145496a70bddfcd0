from records.access.models.charts import Chart, ChartUnit
from records.access.models.glass import BrokenGlass, GlassNotice
from records.access.models.rights import (
    ChartUserPermission,
    UnitGroupPermission,
    UnitUserPermission,
)
from records.access.models.units import CustodyUnit, Facility

__all__ = [
    "BrokenGlass",
    "Chart",
    "ChartUnit",
    "ChartUserPermission",
    "CustodyUnit",
    "Facility",
    "GlassNotice",
    "UnitGroupPermission",
    "UnitUserPermission",
]
