from records.access.models.access_requests import AccessRequest, AccessRequestStatusChange
from records.access.models.charts import Chart, ChartMove, ChartUnit
from records.access.models.glass import BrokenGlass, GlassNotice
from records.access.models.rights import (
    ChartUserPermission,
    UnitGroupPermission,
    UnitUserPermission,
)
from records.access.models.units import CustodyUnit, Facility

__all__ = [
    "AccessRequest",
    "AccessRequestStatusChange",
    "BrokenGlass",
    "Chart",
    "ChartMove",
    "ChartUnit",
    "ChartUserPermission",
    "CustodyUnit",
    "Facility",
    "GlassNotice",
    "UnitGroupPermission",
    "UnitUserPermission",
]
