"""Request numbers in the search from anywhere."""

import pytest

from audit.enums import Action
from records.access import finders
from tests.requests_release import builders, factories
from tests.requests_release.events import last_event, shown_patients
from tests.requests_release.pages import page

pytestmark = pytest.mark.django_db
SEARCH = "/patients/"


@pytest.fixture
def logged(patient, clerk):
    return builders.log(patient, clerk)


def as_typed(number):
    """The ways in which people type `R2026-000012`."""
    year, _, count = number.partition("-")
    return [
        number,
        number.lower(),
        f" {number} ",
        f"{year}{count}",
        f"{year} {count}",
        f"{year}-{int(count)}",
        f"{year.lower()} {int(count)}",
    ]


def test_a_request_is_found_however_its_number_is_typed(clerk, logged, patient):
    hits = [finders.find_all(clerk, text) for text in as_typed(logged.number)]

    assert [len(one) for one in hits] == [1] * 7
    hit = hits[0][0]
    assert hit.label == f"Release request {logged.number}"
    assert hit.note == "O'CONNELL, Freda · Superior Court · Logged"
    assert (hit.url, hit.patient_id) == (page("request_detail", logged), patient.pk)
    assert all(one == hits[0] for one in hits)


@pytest.mark.parametrize("text", ["R2026", "000001", "R2026-9999999", "Rosa", "2026-000001", "R-1"])
def test_other_text_finds_no_request(clerk, logged, text):
    assert finders.find_all(clerk, text) == []


def test_a_number_that_nobody_gave_finds_nothing(clerk, logged):
    assert finders.find_all(clerk, "R1999-000001") == []


@pytest.mark.parametrize("role", ["PROVIDER", "ADMINISTRATOR"])
def test_other_roles_find_no_request(unit, logged, role):
    assert finders.find_all(factories.make_user(role, unit=unit), logged.number) == []


def test_requests_of_other_units_are_not_found(outsider, logged):
    assert finders.find_all(outsider, logged.number) == []


def test_enter_on_a_number_opens_its_request(client, clerk, logged, patient):
    client.force_login(clerk)

    response = client.get(SEARCH, {"q": logged.number.lower()})

    assert response.status_code == 302
    assert response["Location"] == page("request_detail", logged)
    event = last_event(Action.PATIENTS_SEARCHED)
    assert shown_patients(event["id"]) == [patient.pk]
    assert logged.number not in str(event["detail"])


def test_typing_a_number_lists_its_request(client, clerk, logged, patient):
    client.force_login(clerk)

    response = client.get(SEARCH, {"q": logged.number}, headers={"HX-Request": "true"})

    body = response.content.decode()
    assert response.status_code == 200
    assert f'href="{page("request_detail", logged)}"' in body
    assert "Release request" in body
    assert "Nobody found" not in body
    assert shown_patients(last_event(Action.PATIENTS_SEARCHED)["id"]) == [patient.pk]


def test_an_outsider_learns_nothing_from_a_number(client, outsider, logged):
    client.force_login(outsider)

    response = client.get(SEARCH, {"q": logged.number})

    body = response.content.decode()
    assert response.status_code == 200
    assert "Nobody found" in body
    assert "CONNELL" not in body
    assert shown_patients(last_event(Action.PATIENTS_SEARCHED)["id"]) == []
