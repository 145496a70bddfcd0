import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from records.access.selectors import scopes
from records.access.services import rights
from records.patients.selectors import browsing
from tests.factories.people import again, make_user
from tests.factories.units import grant
from tests.records.patients import world

pytestmark = pytest.mark.django_db


def names(user):
    """The given names on every page, page by page, and how many pages there were."""
    found, after, pages = [], "", 0
    while True:
        page = browsing.list_patients(again(user), after=after)
        pages += 1
        assert page.is_first == (after == "")
        found += [line.given for line in page.lines]
        after = page.next_key
        if not after:
            return found, pages


@pytest.fixture
def charts(house):
    """Patients of three units, by given name, in an order unlike the list's."""
    clerks = {
        unit: make_user("CLERK", unit=unit)
        for unit in (house.main, house.behavioural, house.programme)
    }
    made = {}
    for unit, given in (
        (house.programme, "Dora"),
        (house.main, "Emma"),
        (house.behavioural, "Anna"),
        (house.main, "Berta"),
        (house.behavioural, "Carla"),
    ):
        made[given] = world.register(clerks[unit], unit, given=given)
    return made


def test_list_shows_the_charts_of_the_persons_units_by_name(house, charts):
    grant(house.behavioural, user=house.supervisor)
    people = {
        "clerk": house.clerk,
        "supervisor": house.supervisor,
        "provider": house.provider,
        "stranger": house.stranger,
    }

    found = {name: names(user)[0] for name, user in people.items()}

    assert found == {
        "clerk": ["Berta", "Emma"],
        "supervisor": ["Anna", "Berta", "Carla", "Emma"],
        "provider": [],
        "stranger": [],
    }


def test_list_goes_on_where_the_page_ended_through_units_and_single_charts(
    house, charts, monkeypatch
):
    monkeypatch.setattr(browsing, "PAGE", 2)
    grant(house.behavioural, user=house.clerk)
    keeper = make_user("SUPERVISOR", unit=house.programme)
    rights.grant_chart(
        actor=keeper, chart_id=charts["Dora"].pk, user=house.clerk, reason="Court case"
    )

    assert names(house.clerk) == (["Anna", "Berta", "Carla", "Dora", "Emma"], 3)
    assert all(line.can_open for line in browsing.list_patients(again(house.clerk)).lines)


def test_list_of_somebody_with_very_many_single_charts_asks_row_by_row(house, charts, monkeypatch):
    keeper = make_user("SUPERVISOR", unit=house.behavioural)
    for given in ("Anna", "Carla"):
        rights.grant_chart(
            actor=keeper, chart_id=charts[given].pk, user=house.clerk, reason="Court case"
        )
    monkeypatch.setattr(scopes, "MANY_GRANTS", 1)

    page = browsing.list_patients(again(house.clerk))

    assert [(line.given, line.can_open) for line in page.lines] == [
        ("Anna", True),
        ("Berta", True),
        ("Carla", True),
        ("Emma", True),
    ]


@pytest.mark.goal("G-05")
def test_list_forgets_a_chart_when_the_right_is_gone(house, charts):
    keeper = make_user("SUPERVISOR", unit=house.behavioural)
    granted = {"actor": keeper, "chart_id": charts["Anna"].pk, "user": house.clerk}
    rights.grant_chart(reason="Court case", **granted)
    assert names(house.clerk)[0] == ["Anna", "Berta", "Emma"]

    rights.revoke_chart(**granted)

    assert names(house.clerk)[0] == ["Berta", "Emma"]


def test_keys_of_pages_name_nobody_and_cannot_be_made_up(house, charts, monkeypatch):
    monkeypatch.setattr(browsing, "PAGE", 1)
    page = browsing.list_patients(again(house.clerk))
    forged = str(charts["Anna"].pk)

    assert page.next_key.split(":")[0] == str(charts["Berta"].pk)
    for key in (forged, f"{forged}:x", "", "nonsense", "9" * 300):
        assert browsing.list_patients(again(house.clerk), after=key) == page


@pytest.mark.goal("G-09")
def test_list_costs_the_same_for_one_and_for_three(house):
    counts = []
    for given in ("Anna", "Berta", "Carla"):
        world.register(house.clerk, house.main, given=given)
        user = again(house.clerk)
        with CaptureQueriesContext(connection) as queries:
            browsing.list_patients(user)
        counts.append(len(queries))

    assert counts == [5, 5, 5]
