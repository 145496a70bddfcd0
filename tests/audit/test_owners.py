"""A refusal for want of a permission names the record that was asked for, and whose it is."""

from functools import partial

import pytest
from django.test import Client
from django.urls import reverse

from audit.enums import Action
from audit.http import LARGEST_KEY
from audit.models import Event
from records.access.services import glass
from tests.builders import build_house
from tests.factories.patients import make_patient
from tests.factories.people import again
from tests.records.access.services.asking import ask
from tests.records.access.services.emergencies import REASON
from tests.records.documents import house as make
from tests.requests_release import factories

pytestmark = pytest.mark.django_db


def refused(address):
    """Let an administrator ask for an address that no role of theirs carries; return the event."""
    reader, client = make.make_user("ADMINISTRATOR"), Client()
    client.force_login(reader)
    assert client.get(address).status_code == 403, address
    return Event.objects.filter(action=Action.PAGE_REQUESTED, actor_id=reader.pk).latest("pk")


@pytest.fixture
def house():
    return make.House()


@pytest.mark.parametrize(
    ("route", "argument"),
    [
        ("charts:chart_detail", "patient_id"),
        ("encounters:encounter_detail", "encounter_id"),
        ("documents:document_void", "document_id"),
        ("requests_release:request_detail", "request_id"),
        ("access:access_request_decide", "access_request_id"),
        ("access:glass_review", "glass_id"),
    ],
)
def test_refused_page_is_found_by_the_patient_whose_record_it_shows(house, route, argument):
    release = partial(factories.make_request, house.patient, house.clerk)
    keys = {
        "patient_id": lambda: (house.patient.pk, house.patient),
        "encounter_id": lambda: (make.make_visit(house.patient).pk, house.patient),
        "document_id": lambda: (house.filed().pk, house.patient),
        "request_id": lambda: (release().pk, house.patient),
        "access_request_id": asked,
        "glass_id": broken,
    }
    key, patient = keys[argument]()

    event = refused(reverse(route, kwargs={argument: key}))

    assert (event.patient_id, event.subject_id) == (patient.pk, route)
    assert event.detail[argument] == key
    assert (event.outcome, event.detail["reason"]) == ("REFUSED", "PERMISSION")


def asked():
    hospital = build_house()
    patient = make_patient(hospital.main, actor=hospital.clerk)
    return ask(hospital.stranger, patient).pk, patient


def broken():
    hospital = build_house()
    patient = make_patient(hospital.main, actor=hospital.clerk)
    actor = again(hospital.stranger)
    return glass.break_glass(actor=actor, patient_id=patient.pk, reason=REASON).pk, patient


@pytest.mark.parametrize("key", [987_654_321, LARGEST_KEY, LARGEST_KEY + 1])
def test_record_that_is_not_there_is_nobodys(key):
    event = refused(reverse("documents:document_void", kwargs={"document_id": key}))

    assert event.patient_id is None
    assert event.detail.get("document_id") == (key if key <= LARGEST_KEY else None)


def test_page_about_no_record_names_nobody():
    assert refused(reverse("documents:unfiled_list")).patient_id is None
