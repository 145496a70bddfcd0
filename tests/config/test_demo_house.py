"""The demo hospital as it is delivered."""

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.selectors.users import get_system_user
from audit import context
from config.demo import house, seeding
from records.access.enums import SensitivityClass
from records.access.selectors import rights
from requests_release.models import Request

pytestmark = pytest.mark.django_db


def test_every_step_of_a_release_has_work_in_the_demo():
    loaded = seeding.load(8, 3, lambda _: None)

    found = {request.status: request for request in Request.objects.all()}
    assert loaded["requests"] == 3
    assert set(found) == {"SUBMITTED", "IN_PREPARATION", "LOGGED"}
    assert len({request.patient_id for request in found.values()}) == 3
    assert {status: request.items.exists() for status, request in found.items()} == {
        "SUBMITTED": True,
        "IN_PREPARATION": True,
        "LOGGED": False,
    }
    days = {
        status: (request.due_on - timezone.localdate()).days for status, request in found.items()
    }
    assert days["SUBMITTED"] == 8
    assert all(number > 0 for number in days.values())


def test_a_hospital_with_one_patient_has_one_request_at_most():
    assert seeding.load(1, 3, lambda _: None)["requests"] <= 1


def test_closed_units_have_a_clerk_and_a_supervisor_and_no_other():
    with context.acting_as(get_system_user()):
        built = house.build()
    closed = {unit.pk for unit in built.units if unit.code in house.CLOSED_UNITS}
    [programme] = [unit for unit in built.units if unit.code == "SUD"]

    held = {
        name: rights.get_unit_rights(User.objects.get(username=name))
        for name in ("clerk", "supervisor", "clerk-bh", "supervisor-bh")
    }

    assert {name for name, one in held.items() if closed <= one.open_units} == {
        "clerk-bh",
        "supervisor-bh",
    }
    assert not closed & held["supervisor"].open_units
    for name in ("clerk-bh", "supervisor-bh"):
        assert held[name].protected_classes[programme.pk] == {
            SensitivityClass.SUD_P2,
            SensitivityClass.SUD_COUNSELING,
        }
