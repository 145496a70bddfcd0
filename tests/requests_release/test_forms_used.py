"""A form that has logged a request logs no other, whoever sends it and for whom."""

import uuid

import pytest

from audit.enums import Action
from requests_release.models import Request
from tests.requests_release import factories
from tests.requests_release.events import events_of, last_event
from tests.requests_release.pages import log_data, page

pytestmark = pytest.mark.django_db
WORDS = "This form has logged another request already, so nothing was logged now."


def address(patient):
    return f"{page('request_log')}?patient={patient.pk}"


def key_shown(response):
    return response.context["form"]["key"].value()


@pytest.fixture
def used(client, clerk, patient):
    client.force_login(clerk)
    data = log_data()
    client.post(address(patient), data)
    return data


def assert_refused(response, used, person, patient):
    assert response.status_code == 409
    assert WORDS in response.content.decode()
    assert "622 Gerhold Orchard" in response.content.decode()
    assert Request.objects.count() == 1
    assert len(events_of(Action.REQUEST_LOGGED, "SUCCESS")) == 1
    event = last_event(Action.REQUEST_LOGGED, "REFUSED")
    assert (event["actor_id"], event["patient_id"]) == (person.pk, patient.pk)
    assert event["detail"]["reason"] == "FORM_USED"
    assert uuid.UUID(key_shown(response)) != uuid.UUID(used["key"])


def test_another_person_does_not_log_with_a_used_form(client, unit, patient, used):
    colleague = factories.make_user("CLERK", unit=unit)
    client.force_login(colleague)

    response = client.post(address(patient), used)

    assert_refused(response, used, colleague, patient)


def test_a_used_form_does_not_log_for_another_patient(client, unit, clerk, used):
    other = factories.make_patient(unit)

    response = client.post(address(other), used)

    assert_refused(response, used, clerk, other)


def test_a_refused_form_sent_again_logs_for_the_patient_shown(client, unit, used):
    other = factories.make_patient(unit)
    response = client.post(address(other), used)

    client.post(address(other), used | {"key": key_shown(response)})

    assert set(Request.objects.values_list("patient_id", flat=True)) >= {other.pk}
    assert Request.objects.count() == 2
