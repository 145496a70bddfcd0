"""Who could work with a chart."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from audit.writes import attributing
from records.access.enums import UnitRight
from records.access.models import ChartUnit
from records.access.selectors import openers
from records.access.services import rights
from tests.factories.people import make_user
from tests.factories.units import grant


def found(house, patient, *classes):
    people = User.objects.filter(groups__name=Role.SUPERVISOR)
    return set(openers.among(people, chart_id=patient.pk, classes=frozenset(classes)))


def test_right_on_the_unit_counts_and_others_do_not(house, patient):
    make_user(Role.SUPERVISOR, unit=house.behavioural)
    make_user(Role.SUPERVISOR)

    assert found(house, patient, "NORMAL") == {house.supervisor}


def test_right_of_the_role_counts(house, patient):
    other = make_user(Role.SUPERVISOR)
    grant(house.main, role=Role.SUPERVISOR)

    assert found(house, patient) == {house.supervisor, other}


@pytest.mark.goal("G-10")
def test_right_that_ran_out_does_not_count(house, patient):
    late = make_user(Role.SUPERVISOR)
    now = timezone.now()
    with time_machine.travel(now - timedelta(days=2), tick=False):
        grant(house.main, user=late, expires_at=now - timedelta(days=1))

    assert found(house, patient) == {house.supervisor}


def test_right_on_the_chart_counts(house, patient):
    other = make_user(Role.SUPERVISOR)
    rights.grant_chart(
        actor=house.supervisor, chart_id=patient.pk, user=other, reason="Looks at the release"
    )

    assert found(house, patient) == {house.supervisor, other}


def test_right_on_a_further_unit_of_the_chart_counts(house, patient):
    other = make_user(Role.SUPERVISOR, unit=house.behavioural)
    with attributing(house.clerk):
        ChartUnit.objects.create(chart_id=patient.pk, unit=house.behavioural)

    assert found(house, patient) == {house.supervisor, other}


@pytest.mark.parametrize("is_shown", [True, False])
def test_protected_class_wants_the_right_on_a_unit_that_shows_it(house, patient, is_shown):
    with attributing(house.clerk):
        house.main.sensitivity_classes = ["HIV"] if is_shown else ["STI"]
        house.main.save(update_fields=["sensitivity_classes"])
    make_user(Role.SUPERVISOR, unit=house.main)
    grant(house.main, user=house.supervisor, right=UnitRight.VIEW_PROTECTED)

    assert found(house, patient, "NORMAL", "HIV") == ({house.supervisor} if is_shown else set())
