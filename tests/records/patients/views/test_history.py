import pytest
from auditlog.context import disable_auditlog

from audit.enums import Action
from tests import builders, leaks, trail
from tests.records.patients import world
from tests.records.patients.views.pages import browsers, text_of

pytestmark = pytest.mark.django_db


def test_history_tells_who_changed_what_from_what_to_what(house, patient):
    world.change(house.supervisor, patient, sex="MALE")
    browser = builders.sign_in(house.clerk)

    answer = browser.get(f"/patients/{patient.pk}/history/")

    [event] = trail.events_of(Action.CHART_OPENED)
    assert "Sex Female Male" in text_of(answer)
    assert "Patient changed Sam Ito" in text_of(answer)
    assert not leaks.tells(text_of(answer), "6789")
    assert (event.patient_id, event.subject_id) == (patient.pk, "history")


def test_every_role(house, patient):
    url = f"/patients/{patient.pk}/history/"
    found = {name: client.get(url).status_code for name, client in browsers(house).items()}

    assert found == {
        "CLERK": 200,
        "SUPERVISOR": 200,
        "COMPLIANCE": 200,
        "PROVIDER": 403,
        "ADMINISTRATOR": 403,
        "STRANGER": 403,
    }


def test_a_patient_without_history_shows_nothing(house):
    with disable_auditlog():
        patient = world.register(house.clerk, house.main)

    answer = builders.sign_in(house.clerk).get(f"/patients/{patient.pk}/history/")

    assert "Nothing was changed yet" in text_of(answer)
