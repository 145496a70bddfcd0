"""Facilities, custody units and the rights on them."""

from __future__ import annotations

import itertools
from typing import Any

from records.access.enums import UnitRight
from records.access.models import CustodyUnit, Facility
from records.access.services import rights, units
from tests.factories.system import system

_numbers = itertools.count(1)


def make_facility(**facts: Any) -> Facility:
    values: dict[str, Any] = {
        "code": f"FAC{next(_numbers)}",
        "name": "Saint Brendan Hospital",
        "state": "ME",
        "time_zone": "America/New_York",
    }
    return units.create_facility(actor=system(), **values | facts)


def make_unit(**facts: Any) -> CustodyUnit:
    """A custody unit, of a facility of its own unless one is given."""
    number = next(_numbers)
    facility = facts.pop("facility", None) or make_facility()
    values: dict[str, Any] = {"code": f"UN{number}", "name": f"File room {number}"}
    return units.create(actor=system(), facility=facility, **values | facts)


def grant(unit: CustodyUnit, right: str = UnitRight.VIEW_CHART, **facts: Any) -> Any:
    """A right on a unit, given by the system; `user` or `role` says to whom."""
    return rights.grant_unit(
        actor=system(),
        unit=unit,
        right=UnitRight(right),
        **{"reason": "Works there"} | facts,
    )
