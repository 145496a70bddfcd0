"""Disclosures of a destroyed chart: kept, and shown to those who work in the unit that kept it."""

import re
from datetime import date

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from audit.enums import Action, Basis
from printing.words import day
from records.access.enums import ChartStatus
from records.access.services import rights
from requests_release.models import Request
from requests_release.services import stages
from tests.builders import prove_again, sign_in
from tests.records.retention import factories as retention
from tests.requests_release import builders
from tests.requests_release.events import events_of, last_event
from tests.requests_release.pages import page

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(db):
    return retention.House()


@pytest.fixture
def gone(house):
    """Alfreda Wyman, of whose chart copies went to a court before it was destroyed."""
    patient = house.patient(documents=0)
    stored = builders.file_document(patient, house.clerk, service_on=date(2001, 3, 1))
    request = builders.ready(patient, house.clerk, house.supervisor, stored)
    builders.hand_over(request, house.clerk)
    promises_kept()
    version = builders.fresh(request).version
    stages.close(actor=house.clerk, request_id=request.pk, version=version)
    house.helper = retention.make_user("CLERK", unit=retention.make_unit())
    rights.grant_chart(
        actor=house.supervisor,
        chart_id=patient.pk,
        user=house.helper,
        reason="Helps out",
        expires_at=None,
    )
    retention.evaluations.refresh([patient.pk])
    house.done(patient)
    patient.chart.refresh_from_db()
    assert patient.chart.status == ChartStatus.DESTROYED
    return patient


def promises_kept():
    """Let the database look at what it looks at when a transaction ends, as between two visits."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@pytest.fixture
def request_number(gone):
    return request_of(gone).number


def request_of(patient):
    return Request.objects.get(patient=patient)


def get(user, name, patient):
    return sign_in(user).get(page(name, patient_id=patient.pk))


def test_disclosures_of_a_destroyed_chart_are_listed_with_the_facts_of_its_stub(
    house, gone, request_number
):
    body = get(house.clerk, "disclosure_list", gone).content.decode()

    stub = reverse("retention:stub_detail", args=[gone.pk])
    assert f'<a href="{stub}">WYMAN, Alfreda</a>' in body
    assert f"Chart destroyed on {day(timezone.localdate())}" in body
    assert "Apr 5, 1950" in body
    assert "Superior Court" in body
    assert f'<span class="mono">{request_number}</span>' in body
    assert reverse("requests_release:request_detail", args=[request_of(gone).pk]) not in body
    assert reverse("charts:chart_detail", args=[gone.pk]) not in body


def test_seeing_disclosures_of_a_destroyed_chart_is_an_event_of_its_patient(house, gone):
    get(house.clerk, "disclosure_list", gone)

    event = last_event(Action.ACCOUNTING_VIEWED)
    assert (event["actor_id"], event["patient_id"]) == (house.clerk.pk, gone.pk)
    assert (event["basis"], event["purpose"], event["outcome"]) == (
        Basis.UNIT,
        "RELEASE",
        "SUCCESS",
    )


def test_an_accounting_of_a_destroyed_chart_prints_and_is_remembered(house, gone):
    today = timezone.localdate()
    browser = sign_in(house.clerk)

    printed = browser.post(
        page("accounting_print", patient_id=gone.pk), {"requested_on": f"{today:%m/%d/%Y}"}
    )

    assert printed.content.startswith(b"%PDF")
    assert list(gone.accountings.values_list("row_count", "requested_on")) == [(1, today)]
    event = last_event(Action.ACCOUNTING_PRINTED)
    assert (event["patient_id"], event["detail"]["rows"]) == (gone.pk, 1)


def test_an_unfit_form_of_an_accounting_is_shown_again_with_the_stub(house, gone):
    browser = sign_in(house.clerk)

    answer = browser.post(
        page("accounting_print", patient_id=gone.pk), {"requested_on": "2099-01-01"}
    )

    assert answer.status_code == 422
    assert "Chart destroyed on" in answer.content.decode()
    assert gone.accountings.count() == 0


def test_disclosures_of_a_destroyed_chart_leave_as_a_file(house, gone, request_number):
    browser = prove_again(sign_in(house.supervisor))
    address = page("disclosure_export", patient_id=gone.pk)

    shown = browser.get(address).content.decode()
    file = browser.post(address, {"file_kind": "csv", "purpose": "OVERSIGHT"})

    assert "Chart destroyed on" in shown
    assert request_number in b"".join(file.streaming_content).decode()
    event = last_event(Action.EXPORTED)
    assert (event["patient_id"], event["detail"]["list"]) == (gone.pk, "disclosures")


@pytest.mark.parametrize("name", ["disclosure_list", "disclosure_export"])
def test_who_does_not_work_in_the_unit_is_refused_with_an_event(house, gone, name):
    elsewhere = retention.make_user("SUPERVISOR", unit=retention.make_unit())

    answer = get(elsewhere, name, gone)

    assert answer.status_code == 403
    assert "in the unit that kept it" in answer.content.decode()
    assert "Superior Court" not in answer.content.decode()
    event = last_event(outcome="REFUSED")
    assert (event["actor_id"], event["patient_id"]) == (elsewhere.pk, gone.pk)
    assert event["action"] == Action.ACCOUNTING_VIEWED
    assert event["detail"]["reason"] == "DISCLOSURES_ELSEWHERE"
    assert events_of(Action.ACCOUNTING_VIEWED, "SUCCESS") == []


def test_an_accounting_is_not_printed_for_who_does_not_work_in_the_unit(house, gone):
    elsewhere = retention.make_user("CLERK", unit=retention.make_unit())

    answer = sign_in(elsewhere).post(
        page("accounting_print", patient_id=gone.pk), {"requested_on": "1/2/2026"}
    )

    assert answer.status_code == 403
    assert gone.accountings.count() == 0


def test_a_right_on_the_chart_alone_went_with_it(house, gone):
    assert get(house.helper, "disclosure_list", gone).status_code == 403


def test_who_may_not_know_of_the_patient_gets_the_answer_of_a_missing_one():
    house = retention.House()
    with retention.attributing(house.clerk):
        type(house.unit).objects.filter(pk=house.unit.pk).update(is_listed=False)
    patient = house.patient()
    house.done(patient)
    browser = sign_in(retention.make_user("CLERK", unit=retention.make_unit()))
    browser.get("/")

    hidden = browser.get(page("disclosure_list", patient_id=patient.pk))
    missing = browser.get(page("disclosure_list", patient_id=patient.pk + 10_000))

    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert unnumbered(hidden) == unnumbered(missing)


def unnumbered(answer):
    """What an answer says, without what is another one each time."""
    return re.sub(r"[0-9a-zA-Z_-]{16,}|\d+", "", answer.content.decode())


@pytest.mark.parametrize("name", ["request_detail", "package_file", "request_deliver"])
def test_nothing_else_of_a_destroyed_chart_opens(house, gone, name):
    answer = sign_in(house.clerk).get(page(name, request_of(gone)))

    assert answer.status_code == 403
    assert "This chart is no more" in answer.content.decode()


def test_the_stub_leads_to_the_disclosures_whom_it_is_shown_whole(house, gone):
    address = reverse("retention:stub_detail", args=[gone.pk])
    link = page("disclosure_list", patient_id=gone.pk)
    elsewhere = retention.make_user("CLERK", unit=retention.make_unit())
    doctor = retention.make_user("PROVIDER", unit=house.unit)

    told = [sign_in(one).get(address).content.decode() for one in (house.clerk, elsewhere, doctor)]

    assert [link in one for one in told] == [True, False, False]
