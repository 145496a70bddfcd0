"""Facilities and custody units: made and changed by administrators."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from accounts.models import User
from audit.enums import Action
from audit.services import events
from audit.writes import attributed
from records.access.errors import FacilityTaken, UnitChangedMeanwhile, UnitTaken
from records.access.models import CustodyUnit, Facility
from records.access.selectors import units as selectors


@attributed
def create(
    *,
    actor: User,
    facility: Facility,
    code: str,
    name: str,
    is_listed: bool = True,
    sensitivity_classes: list[str] | None = None,
) -> CustodyUnit:
    """Make a custody unit.

    Raises:
        UnitTaken: a unit has this code.
    """
    unit = CustodyUnit(
        facility=facility,
        code=code,
        name=name,
        is_listed=is_listed,
        sensitivity_classes=sensitivity_classes or [],
    )
    try:
        with transaction.atomic():
            unit.save()
    except IntegrityError as error:
        raise UnitTaken(action=Action.SETTING_CHANGED) from error
    events.record(
        action=Action.SETTING_CHANGED, actor=actor, subject_type="unit", subject_id=unit.pk
    )
    return unit


@attributed
def change(
    *,
    actor: User,
    unit_id: int,
    name: str,
    is_listed: bool,
    sensitivity_classes: list[str],
    is_active: bool,
    seen: str | None = None,
) -> CustodyUnit:
    """Change a custody unit; the names of changed fields go to the trail.

    `seen` is the fingerprint of the unit as the form showed it.

    Raises:
        UnitChangedMeanwhile: somebody else saved in between.
    """
    unit = CustodyUnit.objects.select_for_update().get(pk=unit_id)
    check_seen(unit, seen)
    wanted = {
        "name": name,
        "is_listed": is_listed,
        "sensitivity_classes": sensitivity_classes,
        "is_active": is_active,
    }
    changed = [field for field, value in wanted.items() if getattr(unit, field) != value]
    for field in changed:
        setattr(unit, field, wanted[field])
    if changed:
        unit.save(update_fields=changed)
        events.record(
            action=Action.SETTING_CHANGED,
            actor=actor,
            subject_type="unit",
            subject_id=unit.pk,
            detail={"fields": changed},
        )
    return unit


def check_seen(unit: CustodyUnit, seen: str | None) -> None:
    """Check that a unit is still what a form showed, where the form says what that was.

    Raises:
        UnitChangedMeanwhile: somebody saved it in between.
    """
    if seen is not None and seen != selectors.fingerprint(unit):
        raise UnitChangedMeanwhile(
            action=Action.SETTING_CHANGED, subject_type="unit", subject_id=unit.pk
        )


@attributed
def create_facility(*, actor: User, code: str, name: str, state: str, time_zone: str) -> Facility:
    """Make a facility, a hospital or clinic with numbers of its own.

    Raises:
        FacilityTaken: a facility has this code.
    """
    if Facility.objects.filter(code=code).exists():
        raise FacilityTaken(action=Action.SETTING_CHANGED)
    facility = Facility.objects.create(code=code, name=name, state=state, time_zone=time_zone)
    events.record(
        action=Action.SETTING_CHANGED, actor=actor, subject_type="facility", subject_id=facility.pk
    )
    return facility
