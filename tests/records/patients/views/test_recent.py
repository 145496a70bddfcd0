import re

import pytest

from accounts.services import users
from audit.enums import Action
from records.access.enums import UnitRight
from records.access.services import rights
from tests import builders, trail
from tests.ages import years_since
from tests.records.patients import world

pytestmark = pytest.mark.django_db
URL = "/patients/recent/"


@pytest.fixture
def browser(house):
    return builders.sign_in(house.clerk)


def shown_in(answer):
    """The words of each line of the list."""
    found = re.findall(r"(?s)<li [^>]*>(.*?)</li>", answer.content.decode())
    return [" ".join(re.sub(r"<[^>]+>", " ", line).split()) for line in found]


def test_charts_opened_last_are_listed_with_two_identifiers_and_logged(house, patient, browser):
    other = world.register(house.clerk, house.main, given="Ana", middle="")
    for opened in (patient, other, patient):
        browser.get(f"/charts/{opened.pk}/")

    answer = browser.get(URL)

    numbers = ["-".join(one.mrn[at : at + 2] for at in range(0, 8, 2)) for one in (patient, other)]
    age = years_since(patient.birth_on)
    assert shown_in(answer) == [
        f"MUÑOZ, Rosa Elena Mar 14, 1961 ({age}) · {numbers[0]}",
        f"MUÑOZ, Ana Mar 14, 1961 ({age}) · {numbers[1]}",
    ]
    assert f'data-url="/charts/{patient.pk}/"' in answer.content.decode()
    (event,) = trail.events_of(Action.PATIENTS_LISTED)
    assert trail.shown_in(event) == [patient.pk, other.pk]
    assert (event.actor_id, event.detail) == (house.clerk.pk, {"kinds": ["RECENT"]})


def test_who_opened_nothing_gets_nothing_and_no_event(house, patient, browser):
    builders.sign_in(house.supervisor).get(f"/charts/{patient.pk}/")

    answer = browser.get(URL)

    assert (answer.status_code, answer.content) == (204, b"")
    assert trail.events_of(Action.PATIENTS_LISTED) == []


@pytest.mark.goal("G-05")
def test_chart_that_may_not_be_opened_any_more_is_left_out(house, patient, browser):
    browser.get(f"/charts/{patient.pk}/")
    rights.revoke_unit(
        actor=house.administrator, unit=house.main, right=UnitRight.VIEW_CHART, user=house.clerk
    )

    assert browser.get(URL).status_code == 204


def test_change_of_roles_empties_the_list(house, patient, browser):
    browser.get(f"/charts/{patient.pk}/")
    users.set_roles(
        actor=house.administrator, user_id=house.clerk.pk, roles=["CLERK", "SUPERVISOR"]
    )

    again = builders.sign_in(house.clerk)

    assert again.get(URL).status_code == 204


@pytest.mark.goal("G-09")
@pytest.mark.usefixtures("activity_unnoted")
def test_the_list_costs_the_same_for_one_and_for_three(
    house, patient, browser, django_assert_num_queries
):
    browser.get(f"/charts/{patient.pk}/")
    browser.get(URL)
    with django_assert_num_queries(8):
        browser.get(URL)
    for given in ("Ana", "Eva"):
        other = world.register(house.clerk, house.main, given=given, middle="")
        browser.get(f"/charts/{other.pk}/")
    with django_assert_num_queries(8):
        browser.get(URL)


@pytest.mark.parametrize(
    ("role", "status"), [("PROVIDER", 204), ("COMPLIANCE", 204), ("ADMINISTRATOR", 403)]
)
def test_roles_that_open_no_charts_are_refused(house, role, status):
    assert builders.sign_in(house.people[role]).get(URL).status_code == status


def test_list_is_only_read(browser):
    assert browser.post(URL).status_code == 405
