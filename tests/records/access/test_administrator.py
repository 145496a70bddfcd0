"""The administrator sees no patient: not by address, not by right, not by list."""

import pytest
from django.urls import reverse

from audit.enums import Action, Outcome
from records.access.services import rights
from tests.builders import sign_in_freshly
from tests.factories.units import grant
from tests.guards.routes import own_routes
from tests.trail import events_of

PATIENT_ARGUMENTS = {"patient_id", "chart_id"}
OF_A_PATIENT = [route for route in own_routes() if set(route.arguments) & PATIENT_ARGUMENTS]
MARKS = ("O'Connell", "O'CONNELL", "O&#x27;CONNELL", "Freda", "1962-", ", 1962", "/1962")


def test_there_are_addresses_of_patients_to_try():
    assert len(OF_A_PATIENT) >= 10


@pytest.fixture
def client(house, patient):
    """An administrator who was even given rights by mistake."""
    grant(house.main, user=house.administrator)
    grant(house.main, user=house.administrator, right="view_protected")
    rights.grant_chart(
        actor=house.supervisor, chart_id=patient.pk, user=house.administrator, reason="Mistake"
    )
    return sign_in_freshly(house.administrator)


@pytest.mark.parametrize("route", OF_A_PATIENT, ids=lambda route: route.name)
def test_every_address_of_a_patient_is_refused(client, patient, route):
    arguments = dict.fromkeys(route.arguments, patient.pk)
    path = reverse(route.name, kwargs=arguments)

    for method in sorted({"GET", "POST"} & set(route.methods)):
        answer = getattr(client, method.lower())(path)
        text = b"".join(answer) if answer.streaming else answer.content
        assert answer.status_code in (403, 404), (method, path)
        assert not [mark for mark in (*MARKS, patient.mrn) if mark.encode() in text]


@pytest.mark.parametrize(
    "name",
    ["patients:patient_search", "access:glass_list", "audit:event_list", "documents:unfiled_list"],
)
def test_lists_that_show_patients_are_refused(client, name):
    answer = client.get(reverse(name), {"q": "connell"})

    assert answer.status_code == 403
    assert events_of(Action.PAGE_REQUESTED)[-1].outcome == Outcome.REFUSED


def test_own_pages_show_no_patient(client, patient):
    for path in ("/", "/people/", "/access/units/", "/status/"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert not [mark for mark in (*MARKS, patient.mrn) if mark in answer.content.decode()]
