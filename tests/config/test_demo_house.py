"""The demo hospital as it is delivered."""

import pytest

from accounts.models import User
from accounts.selectors.users import get_system_user
from audit import context
from config.demo import house
from records.access.enums import SensitivityClass
from records.access.selectors import rights

pytestmark = pytest.mark.django_db


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
