"""The system may work on charts only while it is told to, and nobody else ever as the system."""

from __future__ import annotations

import pytest

from accounts.selectors.users import get_system_user
from audit import context
from audit.context import Origin
from audit.enums import Basis
from records.access import system_work
from records.access.enums import SensitivityClass
from records.access.errors import ChartUnknown
from records.access.selectors import rights
from records.access.services import opening
from records.access.system_work import NotSystemWork
from tests.records.retention import factories as make


@pytest.fixture
def chart(db):
    return make.make_patient(make.make_unit())


def test_outside_its_work_the_system_opens_no_chart(chart):
    system = get_system_user()

    with pytest.raises(ChartUnknown):
        opening.peek_scope(actor=system, patient_id=chart.pk)
    assert rights.get_unit_rights(system).open_units == frozenset()


def test_inside_it_opens_charts_on_its_own_ground_and_has_one_unit(chart):
    system, unit = get_system_user(), make.make_unit()

    with system_work.on(system, unit.pk):
        scope = opening.peek_scope(actor=system, patient_id=chart.pk)
        held = rights.get_unit_rights(system).open_units

    assert (scope.basis, held) == (Basis.SYSTEM, frozenset({unit.pk}))
    assert scope.classes == frozenset(SensitivityClass.values)
    assert system_work.unit_of(system) is None
    assert rights.get_unit_rights(system).open_units == frozenset()


def test_an_error_inside_switches_it_off(chart):
    system = get_system_user()

    with pytest.raises(KeyError), system_work.on(system, chart.unit_id):
        raise KeyError

    assert system_work.unit_of(system) is None


def test_a_person_gains_nothing_while_the_system_works(chart):
    stranger = make.make_user("CLERK")

    with (
        system_work.on(get_system_user(), chart.unit_id),
        pytest.raises(opening.ChartRefused),
    ):
        opening.peek_scope(actor=stranger, patient_id=chart.pk)


def test_a_person_cannot_work_as_the_system(chart):
    with (
        pytest.raises(NotSystemWork),
        system_work.on(make.make_user("ADMINISTRATOR"), chart.unit_id),
    ):
        pytest.fail("unreachable")


def test_a_signed_in_session_cannot_work_as_the_system(chart):
    session = Origin(1, "Ana", "CLERK", "request", session_digest="abc")

    with (
        context.acting(session),
        pytest.raises(NotSystemWork),
        system_work.on(get_system_user(), chart.unit_id),
    ):
        pytest.fail("unreachable")
