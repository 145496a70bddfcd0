"""Charts that were chosen for destruction and not proposed are named, or at least counted."""

import uuid

import pytest
from django.urls import reverse

from audit.models import Event, EventSubject
from records.retention.models import Batch
from tests.records.retention import factories as make

pytestmark = pytest.mark.django_db


def propose(browser, *charts, follow=True):
    form = {
        "chart": [chart.pk for chart in charts],
        "location": "Saint Brendan",
        "token": str(uuid.uuid4()),
    }
    return browser.post(reverse("retention:batch_propose"), form, follow=follow)


def test_what_is_left_out_is_named_with_its_reason_and_the_rest_counted(house, browse):
    due, held = house.patient(), house.patient(family="Heldman")
    far = make.make_patient(make.make_unit(), family="Farwell")
    make.make_hold(held)

    response = propose(browse(house.clerk), due, held, far)

    assert Batch.objects.get().item_count == 1
    assert [(one.person.patient_id, one.obstacle) for one in response.context["left_out"]] == [
        (held.pk, "A hold stands")
    ]
    body = response.content.decode()
    assert "2 of the charts you chose were left out" in body
    assert "HELDMAN" in body
    assert "1 more of units that are not yours" in body
    assert "FARWELL" not in body.upper()


def test_who_is_named_as_left_out_is_in_the_log(house, browse):
    due, held = house.patient(), house.patient()
    make.make_hold(held)

    propose(browse(house.clerk), due, held)

    event = Event.objects.filter(action="BATCH_VIEWED").latest("id")
    shown = EventSubject.objects.filter(event_id=event.pk).values_list("patient_id", flat=True)
    assert sorted(shown) == [due.pk, held.pk]


def test_nothing_left_out_says_nothing(house, browse):
    response = propose(browse(house.clerk), house.patient(), follow=False)

    batch = Batch.objects.get()
    assert response.url == reverse("retention:batch_detail", kwargs={"batch_id": batch.pk})
    page = browse(house.clerk).get(response.url)
    assert (page.context["left_out"], page.context["left_out_count"]) == ([], 0)
    assert "left out</" not in page.content.decode()


@pytest.mark.parametrize("query", ["left_out=x", "left_out=999999", "left_out_count=x"])
def test_an_address_that_names_nobody_names_nobody(house, browse, query):
    batch = house.proposed(house.patient())
    url = reverse("retention:batch_detail", kwargs={"batch_id": batch.pk})

    page = browse(house.clerk).get(f"{url}?{query}")

    assert (page.status_code, page.context["left_out"]) == (200, [])


def test_a_chart_of_the_batch_is_not_said_to_be_left_out(house, browse):
    patient = house.patient()
    url = reverse("retention:batch_detail", kwargs={"batch_id": house.proposed(patient).pk})

    page = browse(house.clerk).get(f"{url}?left_out={patient.pk}")

    assert page.context["left_out"] == []
