"""Where a requester is reached: a change is preparing, and reaches no other request."""

from dataclasses import replace

import pytest
from django.db import DatabaseError, transaction

from audit.enums import Action
from requests_release.errors import OwnPreparation
from requests_release.models import Requester
from requests_release.services import requests
from tests.requests_release import builders, factories
from tests.requests_release.events import events_of, last_event

pytestmark = pytest.mark.django_db

REACHED = replace(builders.COURT, phone="555-0100", fax="555-0101", email="clerk@court.example")


def change(request, actor, requester):
    request = builders.fresh(request)
    return requests.change(
        actor=actor,
        request_id=request.pk,
        version=request.version,
        requester=requester,
        facts=builders.request_facts(),
    )


def preparers(request):
    return set(request.preparers.values_list("person_id", flat=True))


@pytest.mark.parametrize(
    ("name", "value"), [("phone", "555-0199"), ("fax", "555-0198"), ("email", "a@b.example")]
)
def test_a_changed_contact_is_a_change_of_the_request(patient, clerk, approver, name, value):
    request = builders.log(patient, clerk, requester=REACHED)

    changed = change(request, approver, replace(REACHED, **{name: value}))

    assert changed.version == request.version + 1
    assert preparers(request) == {clerk.pk, approver.pk}
    assert getattr(Requester.objects.get(), name) == value
    event = last_event(Action.REQUEST_CHANGED)
    assert (event["actor_id"], event["subject_id"]) == (approver.pk, str(request.pk))
    assert event["detail"] == {"fields": [f"requester_{name}"]}


def test_who_changed_a_contact_does_not_approve(patient, clerk, approver, document):
    request = builders.prepared(patient, clerk, document)
    change(request, approver, replace(builders.COURT, fax="555-0198"))
    factories.make_user("SUPERVISOR", unit=patient.unit)
    submitted = builders.submit(request, clerk)

    with pytest.raises(OwnPreparation):
        builders.approve(submitted, approver)


def test_the_database_refuses_who_changed_a_contact(patient, clerk, approver, document):
    request = builders.prepared(patient, clerk, document)
    change(request, approver, replace(builders.COURT, fax="555-0198"))
    factories.make_user("SUPERVISOR", unit=patient.unit)
    submitted = builders.submit(request, clerk)

    with pytest.raises(DatabaseError, match="other than its preparers"), transaction.atomic():
        factories.bring(builders.fresh(submitted), "APPROVED", clerk=clerk, approver=approver)

    assert builders.fresh(request).status == "SUBMITTED"


def test_a_contact_can_be_emptied_by_the_one_request_that_uses_it(patient, clerk):
    request = builders.log(patient, clerk, requester=REACHED)

    change(request, clerk, replace(REACHED, fax=""))

    assert Requester.objects.get().fax == ""


def test_the_same_contacts_change_nothing(patient, clerk, approver):
    request = builders.log(patient, clerk, requester=REACHED)

    changed = change(request, approver, REACHED)

    assert changed.version == request.version
    assert preparers(request) == {clerk.pk}
    assert events_of(Action.REQUEST_CHANGED) == []


@pytest.mark.parametrize("fax", ["555-0198", "555-0101 ext. 2"])
def test_a_changed_contact_reaches_no_other_request(patient, clerk, approver, document, fax):
    other = builders.submitted(patient, clerk, document)
    request = builders.log(patient, clerk)

    changed = change(request, approver, replace(builders.COURT, fax=fax))

    assert (changed.requester.fax, changed.version) == (fax, request.version + 1)
    assert preparers(request) == {clerk.pk, approver.pk}
    assert builders.fresh(other).requester.fax == ""
    assert builders.fresh(other).status == "SUBMITTED"


def test_a_new_request_with_other_contacts_reaches_no_other(patient, clerk):
    other = builders.log(patient, clerk, requester=REACHED)

    new = builders.log(patient, clerk, requester=replace(REACHED, fax="555-0198"))

    assert new.requester_id != other.requester_id
    assert (new.requester.fax, new.requester.email) == ("555-0198", REACHED.email)
    assert builders.fresh(other).requester.fax == REACHED.fax


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"fax": "555-0198"}, "second"),
        ({"fax": "555-0101"}, "first"),
        ({"email": "CLERK@court.example", "fax": "555-0101"}, "first"),
        ({}, "second"),
    ],
)
def test_contacts_that_are_known_are_found_again(patient, clerk, given, expected):
    rows = {
        "first": builders.log(patient, clerk, requester=REACHED).requester_id,
        "second": builders.log(
            patient, clerk, requester=replace(REACHED, fax="555-0198")
        ).requester_id,
    }

    again = builders.log(patient, clerk, requester=replace(builders.COURT, **given))

    assert again.requester_id == rows[expected]
    assert Requester.objects.count() == 2


def test_empty_contacts_are_those_that_are_known(patient, clerk):
    first = builders.log(patient, clerk, requester=REACHED)

    second = builders.log(patient, clerk, requester=builders.COURT)
    changed = change(second, clerk, builders.COURT)

    assert (changed.requester_id, changed.version) == (first.requester_id, second.version)
    assert Requester.objects.get().email == REACHED.email
