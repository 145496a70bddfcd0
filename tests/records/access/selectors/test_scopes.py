"""Lists show just the charts that one may open: the SQL and the decision agree in any world."""

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from accounts.roles import Role
from accounts.selectors.users import get_system_user
from audit.enums import Basis
from records.access import system_work
from records.access.selectors import scopes
from records.access.services import charts, glass, opening, rights
from records.patients.selectors import browsing
from tests.factories.patients import make_patient
from tests.factories.people import again, make_user
from tests.factories.units import grant
from tests.records.access.selectors.worlds import PEOPLE, World, worlds

LISTED = {Basis.UNIT, Basis.CARE, Basis.WORK, Basis.GRANT}
QUERY = "SELECT chart_id FROM patients_patient p WHERE p.unit_id = ANY(%(scope_units)s) OR "


def listed_by_sql(user):
    scope = scopes.list_scope(again(user))
    with connection.cursor() as cursor:
        cursor.execute(QUERY + scope.where_single("p.chart_id"), scope.params)
        return sorted(row[0] for row in cursor.fetchall())


def listed_by_browsing(user):
    found, key = [], ""
    while True:
        page = browsing.list_patients(again(user), after=key)
        found += [line.patient_id for line in page.lines]
        assert all(line.can_open and not line.is_hidden for line in page.lines)
        if not page.next_key:
            return found
        key = page.next_key


def opened_one_by_one(user, chart_ids):
    loaded = again(user)
    grounds = {pk: opening.find_ground(actor=loaded, patient_id=pk).basis for pk in chart_ids}
    for basis in grounds.values():
        event(f"basis {basis}")
    return sorted(pk for pk, basis in grounds.items() if basis in LISTED)


def check_world(drawn, users, many, page):
    """Compare the three ways to a list for every person of a world, then forget it."""
    patch = pytest.MonkeyPatch()
    patch.setattr(scopes, "MANY_GRANTS", many)
    patch.setattr(browsing, "PAGE", page)
    try:
        with transaction.atomic():
            world = World(drawn, users)
            chart_ids = [chart.pk for chart in world.charts]
            for user in users:
                expected = opened_one_by_one(user, chart_ids)
                browsed = listed_by_browsing(user)
                assert listed_by_sql(user) == expected
                assert sorted(browsed) == expected
                assert len(browsed) == len(set(browsed))
            transaction.set_rollback(True)
    finally:
        patch.undo()


@pytest.fixture
def users(db):
    return [make_user() for _ in range(PEOPLE)]


WAYS = {
    "drawn": worlds,
    "many": st.sampled_from([0, 1, 5000]),
    "page": st.sampled_from([2, 25]),
}
QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]


@pytest.mark.goal("G-08")
@given(**WAYS)
@settings(max_examples=100, deadline=None, suppress_health_check=QUIET)
def test_lists_equal_the_decision_on_each_chart(users, drawn, many, page):
    check_world(drawn, users, many, page)


@pytest.mark.goal("G-08")
@pytest.mark.deep
@given(**WAYS)
@settings(max_examples=10_000, deadline=None, suppress_health_check=QUIET)
def test_lists_equal_the_decision_on_each_chart_in_ten_thousand_worlds(users, drawn, many, page):
    check_world(drawn, users, many, page)


def test_scope_is_units_and_single_charts_beside_them(house, patient):
    other = make_patient(house.behavioural, actor=make_user(Role.CLERK, unit=house.behavioural))
    keeper = make_user(Role.SUPERVISOR, unit=house.behavioural)
    rights.grant_chart(actor=keeper, chart_id=other.pk, user=house.clerk, reason="Audit")

    scope = scopes.list_scope(again(house.clerk))

    assert (scope.user_id, scope.unit_ids, scope.single_ids) == (
        house.clerk.pk,
        [house.main.pk],
        [other.pk],
    )
    assert scope.directory_unit_ids == sorted([house.main.pk, house.behavioural.pk])
    assert scope.params == {
        "scope_user": house.clerk.pk,
        "scope_units": [house.main.pk],
        "scope_directory": scope.directory_unit_ids,
        "scope_singles": [other.pk],
    }
    assert listed_by_sql(house.clerk) == sorted([patient.pk, other.pk])


@pytest.mark.parametrize("role", ["ADMINISTRATOR", None])
def test_who_opens_no_charts_has_empty_lists_whatever_was_given(house, patient, role):
    user = make_user(*([role] if role else []))
    grant(house.main, user=user)
    rights.grant_chart(actor=house.supervisor, chart_id=patient.pk, user=user, reason="Mistake")

    assert (scopes.list_scope(again(user)).unit_ids, listed_by_sql(user)) == ([], [])
    assert listed_by_browsing(user) == []


def test_system_lists_the_unit_of_its_work_inside_it_only(house, patient):
    system = get_system_user()

    with system_work.on(system, house.main.pk):
        inside = scopes.list_scope(get_system_user()).unit_ids

    assert (inside, scopes.list_scope(get_system_user()).unit_ids) == ([house.main.pk], [])


def test_broken_glass_puts_a_chart_into_no_list(house, patient):
    glass.break_glass(
        actor=again(house.stranger), patient_id=patient.pk, reason="Brought in unconscious"
    )

    assert listed_by_sql(house.stranger) == []


@pytest.mark.goal("G-05")
def test_revocation_empties_the_list_of_the_next_request(house, patient):
    rights.grant_chart(
        actor=house.supervisor, chart_id=patient.pk, user=house.stranger, reason="Audit"
    )
    before = listed_by_sql(house.stranger)

    rights.revoke_chart(actor=house.supervisor, chart_id=patient.pk, user=house.stranger)

    assert (before, listed_by_sql(house.stranger)) == ([patient.pk], [])


@pytest.mark.parametrize("many", [0, 2, 5000])
def test_scope_costs_two_queries_however_many_rights(
    house, monkeypatch, django_assert_num_queries, many
):
    monkeypatch.setattr(scopes, "MANY_GRANTS", many)
    for _ in range(3):
        row = make_patient(house.main, actor=house.clerk)
        charts.add_unit(actor=house.supervisor, chart_id=row.pk, unit_id=house.behavioural.pk)
    grant(house.behavioural, user=house.stranger)
    user = again(house.stranger)
    user.has_perm("access.open_chart")

    with django_assert_num_queries(2):
        scope = scopes.list_scope(user)

    assert (scope.single_ids is None) == (many < 3)
