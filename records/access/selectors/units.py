"""Custody units as forms and administrators read them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from django.db.models import QuerySet

from accounts.models import User
from records.access.models import CustodyUnit, Facility
from records.access.selectors import rights


def list_units() -> QuerySet[CustodyUnit]:
    """Return all units with their facility, by name."""
    return CustodyUnit.objects.select_related("facility").order_by("name", "pk")


def list_open_units(user: User) -> QuerySet[CustodyUnit]:
    """Return the units in use whose charts `user` may open, by name."""
    held = rights.get_unit_rights(user)
    return list_units().filter(pk__in=held.open_units, is_active=True)


def list_move_targets(user: User, unit: CustodyUnit) -> QuerySet[CustodyUnit]:
    """Return the units to which `user` may move a chart of `unit`, by name.

    Those of the same facility: record numbers and the law of retention hang on it.
    """
    return list_open_units(user).filter(facility_id=unit.facility_id).exclude(pk=unit.pk)


def get_facility_of(unit_id: int) -> Facility:
    """Return the facility of a unit.

    Raises:
        Facility.DoesNotExist: no such unit.
    """
    return Facility.objects.get(units=unit_id)


def fingerprint(unit: CustodyUnit) -> str:
    """Return what tells one state of a unit, as the administrator edits it, from another."""
    classes = sorted(unit.sensitivity_classes)
    stated = [unit.name, unit.is_listed, unit.is_active, *classes]
    return hashlib.sha256(json.dumps(stated).encode()).hexdigest()[:16]


def label_facilities(ids: Sequence[str]) -> dict[str, str]:
    """Return the names of facilities by their ids as text, for the access log."""
    rows = Facility.objects.filter(pk__in=[int(value) for value in ids if value.isdecimal()])
    return {str(facility_id): name for facility_id, name in rows.values_list("pk", "name")}


def label(ids: Sequence[str]) -> dict[str, str]:
    """Return the names of units by their ids as text, for the access log."""
    rows = CustodyUnit.objects.filter(pk__in=[int(value) for value in ids if value.isdecimal()])
    return {str(unit_id): name for unit_id, name in rows.values_list("pk", "name")}
