"""The disclosures of a patient, and the accounting that prints."""

import re
import threading
from datetime import timedelta

import pytest
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from audit.enums import Action
from requests_release.services import accountings
from tests.requests_release import builders, factories
from tests.requests_release.events import events_of, last_event
from tests.requests_release.pages import page

pytestmark = pytest.mark.django_db


def test_every_cell_of_the_disclosures_is_named_for_narrow_screens(as_clerk, clerk, ready, patient):
    builders.hand_over(ready, clerk)

    body = as_clerk.get(reverse("requests_release:disclosure_list", args=[patient.pk])).content

    [head] = re.findall(r"<thead>(.*?)</thead>", body.decode(), re.S)
    [row] = re.findall(r"<tr data-row>(.*?)</tr>", body.decode(), re.S)
    names = re.findall(r"<th[^>]*>([^<]+)</th>", head)
    assert re.findall(r'<td data-label="([^"]+)"', row) == names
    assert row.count("<td") == len(names) == 7
    assert 'class="table table-stack"' in body.decode()


def test_disclosures_and_the_printed_accounting(as_clerk, clerk, ready, patient):
    builders.hand_over(ready, clerk)

    listed = as_clerk.get(page("disclosure_list", patient_id=patient.pk)).content.decode()
    printed = as_clerk.post(
        page("accounting_print", patient_id=patient.pk),
        {"requested_on": timezone.localdate().isoformat()},
    )

    assert ready.number in listed
    assert "Superior Court" in listed
    assert printed["Content-Type"] == "application/pdf"
    assert last_event()["action"] == Action.ACCOUNTING_PRINTED
    assert patient.accountings.get().row_count == 1


@pytest.mark.parametrize(
    "wanted, said",
    [
        ({"wanted_from": "1/2/2026", "wanted_until": "1/1/2026"}, "lies before the first one"),
        ({"wanted_from": "1/1/2001"}, "At most six years back: Mar 2, 2020."),
        ({"wanted_from": "3/3/2026"}, "lies after the day on which it was asked for"),
        ({"wanted_until": "1/1/2099"}, "This day has not come yet."),
        ({"wanted_from": "2/30/2026"}, "There is no such date."),
    ],
)
def test_an_accounting_of_a_period_that_cannot_be_is_refused(as_clerk, patient, wanted, said):
    data = {"requested_on": "3/2/2026"} | wanted

    response = as_clerk.post(page("accounting_print", patient_id=patient.pk), data)

    assert response.status_code == 422
    assert said in response.content.decode()
    assert patient.accountings.count() == 0


def test_an_accounting_for_a_day_to_come_is_refused(as_clerk, patient):
    response = as_clerk.post(
        page("accounting_print", patient_id=patient.pk), {"requested_on": "2099-01-01"}
    )

    assert response.status_code == 422
    assert patient.accountings.count() == 0


def given(patient):
    rows = patient.accountings.order_by("pk")
    return [(one.requested_on, one.row_count, one.is_chargeable) for one in rows]


def test_an_accounting_that_is_printed_again_is_given_once(as_clerk, clerk, ready, patient):
    builders.hand_over(ready, clerk)
    today = timezone.localdate()
    data = {"requested_on": f"{today:%m/%d/%Y}"}
    address = page("accounting_print", patient_id=patient.pk)

    answers = [as_clerk.post(address, data) for _ in range(2)]

    assert [answer["Content-Type"] for answer in answers] == ["application/pdf"] * 2
    assert given(patient) == [(today, 1, False)]
    printed = events_of(Action.ACCOUNTING_PRINTED)
    number = str(patient.accountings.get().pk)
    assert [event["subject_id"] for event in printed] == [number] * 2


@pytest.mark.parametrize("what", ["another day", "another period", "another disclosure"])
def test_another_accounting_is_one_of_its_own(
    as_clerk, clerk, approver, ready, stored, patient, what
):
    builders.hand_over(ready, clerk)
    today = timezone.localdate()
    address = page("accounting_print", patient_id=patient.pk)
    as_clerk.post(address, {"requested_on": f"{today:%m/%d/%Y}"})
    day, more = today, {}
    if what == "another day":
        day = today - timedelta(days=1)
    if what == "another period":
        more = {"wanted_from": f"{today - timedelta(days=30):%m/%d/%Y}"}
    if what == "another disclosure":
        builders.hand_over(builders.ready(patient, clerk, approver, stored), clerk)

    as_clerk.post(address, {"requested_on": f"{day:%m/%d/%Y}"} | more)

    assert patient.accountings.count() == 2


@pytest.mark.committed
def test_two_prints_at_once_give_one_accounting():
    unit = factories.make_unit()
    clerk = factories.make_user("COMPLIANCE", unit=unit)
    patient = factories.make_patient(unit)
    today, gate, found = timezone.localdate(), threading.Barrier(2), []

    def give():
        try:
            gate.wait(timeout=10)
            made = accountings.give(actor=clerk, patient_id=patient.pk, requested_on=today)
            found.append(made.accounting.pk)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=give) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(timeout=60)

    assert len(found) == 2
    assert given(patient) == [(today, 0, False)]
