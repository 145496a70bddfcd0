"""The disclosures of a patient, and the accounting that prints."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.enums import Action
from tests.requests_release import builders
from tests.requests_release.events import last_event
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
