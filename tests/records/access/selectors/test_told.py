"""Who is told of an emergency access."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.roles import Role
from accounts.services import users
from records.access.selectors import told
from tests.factories.patients import make_patient
from tests.factories.people import make_user
from tests.factories.units import grant


def make_patient_apart(house):
    """A patient of a unit in which no supervisor works."""
    keeper = make_user(Role.CLERK, unit=house.behavioural)
    return make_patient(house.behavioural, actor=keeper)


def found(house, patient, actor=None):
    people = told.find_told(actor=actor or house.stranger, chart_id=patient.pk)
    return set(people.supervisors), set(people.compliance)


def test_supervisors_of_the_unit_and_all_of_compliance(house, patient):
    make_user(Role.SUPERVISOR, unit=house.behavioural)
    make_user(Role.SUPERVISOR)
    officer = make_user(Role.COMPLIANCE)

    assert found(house, patient) == ({house.supervisor}, {house.compliance, officer})


def test_unit_without_a_supervisor_has_compliance(house):
    patient = make_patient_apart(house)

    people = told.find_told(actor=house.stranger, chart_id=patient.pk)

    assert (people.unit_name, people.supervisors) == ("Behavioural health", ())
    assert people.people == (house.compliance,)


def test_right_of_the_role_makes_every_supervisor_one_of_the_unit(house):
    patient = make_patient_apart(house)
    grant(house.behavioural, role=Role.SUPERVISOR)

    assert found(house, patient)[0] == {house.supervisor}


def test_right_that_ran_out_tells_nobody(house):
    patient = make_patient_apart(house)
    late = make_user(Role.SUPERVISOR)
    now = timezone.now()
    with time_machine.travel(now - timedelta(days=2), tick=False):
        grant(house.behavioural, user=late, expires_at=now - timedelta(days=1))

    assert found(house, patient)[0] == set()


@pytest.mark.parametrize("role", [Role.CLERK, Role.PROVIDER, Role.ADMINISTRATOR])
def test_other_roles_with_a_right_on_the_unit_are_not_told(house, patient, role):
    make_user(role, unit=house.main)

    assert found(house, patient)[0] == {house.supervisor}


def test_who_is_both_is_told_once_as_compliance(house, patient):
    both = make_user(Role.SUPERVISOR, Role.COMPLIANCE, unit=house.main)

    people = told.find_told(actor=house.stranger, chart_id=patient.pk)

    assert people.people.count(both) == 1
    assert both in people.compliance


def test_nobody_is_told_of_their_own_and_nobody_who_left_is_told(house, patient):
    users.disable(actor=house.administrator, user_id=house.compliance.pk)

    assert found(house, patient, actor=house.supervisor) == (set(), set())


def test_it_costs_three_queries_whoever_works_there(house, patient, django_assert_num_queries):
    for _ in range(3):
        make_user(Role.SUPERVISOR, unit=house.main)

    with django_assert_num_queries(3):
        told.find_told(actor=house.stranger, chart_id=patient.pk)
