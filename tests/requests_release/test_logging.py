"""The form that logs a request, and what it says back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.enums import Action
from requests_release.models import Request
from tests.requests_release import builders, factories
from tests.requests_release.events import events_of, last_event
from tests.requests_release.pages import log_data, page

pytestmark = pytest.mark.django_db
COURT = {
    "requester_kind": "COURT",
    "kind": "DISCLOSURE",
    "basis": "512E_ORDER",
    "purpose": "LEGAL",
}


def test_log_form_finds_the_patient_first(as_clerk, patient):
    response = as_clerk.get(page("request_log"), {"q": patient.mrn})

    assert f"?patient={patient.pk}" in response.content.decode()
    assert last_event()["action"] == Action.PATIENTS_SEARCHED


def test_log_form_is_searched_by_its_form_and_no_address_holds_a_protected_number(as_clerk):
    named = as_clerk.post(page("request_log"), {"q": "okafor"})
    numbered = as_clerk.post(page("request_log"), {"q": "219-44-6789"})
    by_address = as_clerk.get(page("request_log"), {"q": "219-44-6789"})

    assert named["Location"] == f"{page('request_log')}?q=okafor"
    body = numbered.content.decode()
    assert (numbered.status_code, "Nobody found" in body, "219-44" in body) == (200, True, False)
    assert by_address["Location"] == page("request_log")


def test_log_form_logs_and_shows_the_due_date_by_rule(as_clerk, patient, clerk):
    address = f"{page('request_log')}?patient={patient.pk}"

    response = as_clerk.post(address, log_data(), follow=True)

    request = Request.objects.get()
    assert request.due_on == timezone.localdate() + timedelta(days=30)
    assert (request.status, request.created_by_id) == ("LOGGED", clerk.pk)
    body = response.content.decode()
    assert "30 days left" in body
    assert "30-day access rule, 45 CFR 164.524(b)(2)" in body


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("COURT", "no date: the date in the order was not entered, 45 CFR 164.512(e)(1)(i)"),
        ("EMPLOYER", "no date: no rule sets one for this kind of requester (Employer)"),
    ],
)
def test_request_without_a_date_says_why(as_clerk, patient, clerk, kind, says):
    requester = factories.make_requester(kind)
    request = factories.make_request(patient, clerk, requester=requester)

    response = as_clerk.get(page("request_detail", request))

    assert dict(response.context["facts"])["Due"] == says
    assert "· no date" in response.content.decode()


def test_log_form_sent_twice_logs_once(as_clerk, patient):
    address = f"{page('request_log')}?patient={patient.pk}"
    data = log_data()

    first = as_clerk.post(address, data)
    second = as_clerk.post(address, data)

    assert first["Location"] == second["Location"]
    assert Request.objects.count() == 1
    assert len(events_of(Action.REQUEST_LOGGED)) == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"requester_name": ""}, "Fill this in."),
        ({"scope": " "}, "Fill this in."),
        ({"requester_phone": "5" * 41}, "At most 40 characters; this has 41."),
        ({"requester_email": "freda"}, "Enter an address such as name@example.org."),
        ({"received_on": "2099-01-01"}, "This day has not come yet"),
        (
            {"received_on": "yesterday"},
            "There is no such date. Enter a day, for example 3/14/2026.",
        ),
        ({"scope_from": "2026-05-02", "scope_until": "2026-05-01"}, "lies before the first"),
        ({"requester_kind": "ATTORNEY"}, "Access is for the patient"),
        ({"basis": "508"}, "rests on the right of access"),
        ({"kind": "DISCLOSURE"}, "does not carry a disclosure"),
        ({"received_on": "1/1/1900"}, "The patient was born on"),
        ({"received_on": "1/1/2010"}, "more than 10 years back"),
        (COURT, "Enter the date in the order: nothing else says by when this is due."),
        (COURT | {"requester_kind": "SUBPOENA"}, "Enter the return date of the subpoena"),
        (COURT | {"stated_due_on": "soon"}, "There is no such date."),
        ({"kind": "AMENDMENT"}, "Choose one of the list."),
        ({"purpose": "OTHER"}, "Say in a few words what the copies are for."),
        ({"purpose": "OTHER", "purpose_note": "  "}, "Say in a few words what the copies are for."),
        ({"key": "no"}, "valid UUID"),
    ],
)
def test_log_form_names_what_is_wrong_and_keeps_what_was_typed(as_clerk, patient, change, words):
    address = f"{page('request_log')}?patient={patient.pk}"

    response = as_clerk.post(address, log_data(**change))

    body = response.content.decode()
    assert response.status_code == 422
    assert words in body
    assert "622 Gerhold Orchard" in body
    assert Request.objects.count() == 0


def test_a_court_order_is_due_on_the_day_that_it_states(as_clerk, patient):
    address = f"{page('request_log')}?patient={patient.pk}"
    day = timezone.localdate() + timedelta(days=9)

    as_clerk.post(address, log_data(**COURT, stated_due_on=day.isoformat()))

    assert (Request.objects.get().due_on, Request.objects.get().due_force) == (day, "LEGAL")


def test_police_that_state_no_day_get_the_day_of_the_house(as_clerk, patient):
    address = f"{page('request_log')}?patient={patient.pk}"
    police = COURT | {"requester_kind": "LAW_ENFORCEMENT", "basis": "512F1_PROCESS"}

    as_clerk.post(address, log_data(**police))

    request = Request.objects.get()
    assert request.due_on == timezone.localdate() + timedelta(days=15)
    assert (request.due_force, request.due_label) == ("TARGET", "15-day target")


@pytest.mark.parametrize("precision", ["ESTIMATED", "UNKNOWN"])
def test_a_guessed_birth_stands_against_no_day_of_receipt(as_clerk, unit, precision):
    patient = factories.make_patient(unit, birth_on=timezone.localdate(), birth_precision=precision)
    address = f"{page('request_log')}?patient={patient.pk}"
    before = timezone.localdate() - timedelta(days=400)

    as_clerk.post(address, log_data(received_on=before.isoformat()))

    assert Request.objects.get().received_on == before


def test_a_request_is_not_changed_to_a_day_before_the_birth(as_clerk, patient, clerk):
    request = builders.log(patient, clerk)
    address = page("request_edit", request)
    form = as_clerk.get(address).context["form"]
    data = {name: value for name, value in form.initial.items() if value is not None}

    answer = as_clerk.post(address, data | {"received_on": "1/1/1900"})

    assert answer.status_code == 422
    assert "The patient was born on" in answer.content.decode()
    assert builders.fresh(request).received_on == request.received_on


def test_log_form_for_a_patient_of_another_unit_is_refused(as_clerk):
    stranger = factories.make_patient(factories.make_unit(), family="Hidden")

    response = as_clerk.post(f"{page('request_log')}?patient={stranger.pk}", log_data())

    assert response.status_code == 403
    assert "Hidden" not in response.content.decode()
    assert Request.objects.count() == 0
