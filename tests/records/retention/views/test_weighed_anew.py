"""A chart that has changed since the night is shown as the steps of a destruction weigh it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from printing.words import day
from records.retention.models import Evaluation
from records.retention.rules.terms import add_years
from tests.records.retention import factories as make
from tests.records.retention.views.forms import url

pytestmark = pytest.mark.django_db


# Midday, so that it is the same day in every facility.
LATELY = (timezone.now() - timedelta(days=2)).replace(hour=15)
DUE_AGAIN_ON = add_years(LATELY.date(), 10) + timedelta(days=1)


@pytest.fixture
def back(house):
    patient = house.patient(family="Backman")
    make.make_visit(patient, started_at=LATELY)  # and no night has passed since
    return patient


def test_proposal_names_a_chart_that_is_no_longer_due(house, browse, back):
    free = house.patient()

    response = browse(house.clerk).get(url("batch_propose"), {"chart": [free.pk, back.pk]})

    assert response.context["chosen"] == [free.pk]
    assert [(line.person.patient_id, line.obstacle) for line in response.context["lines"]] == [
        (free.pk, ""),
        (back.pk, f"Not due yet: from {day(DUE_AGAIN_ON)}"),
    ]


def test_proposal_of_a_chart_that_is_no_longer_due_is_not_offered(house, browse, back):
    response = browse(house.clerk).get(url("batch_propose"), {"chart": back.pk})

    body = response.content.decode()
    assert "0 charts can be proposed" in body
    assert "Something stands against each of them." in body


def test_due_list_says_what_has_come_to_stand_against_a_chart(house, browse, back):
    response = browse(house.clerk).get(url("home"))

    [line] = response.context["lines"]
    assert (line.eligible_on, line.can_propose) == (DUE_AGAIN_ON, False)
    assert line.obstacle == f"Not due yet: from {day(DUE_AGAIN_ON)}"


def test_panel_and_page_of_a_chart_say_the_same(house, browse, back):
    browser = browse(house.clerk)

    panel = browser.get(reverse("charts:chart_detail", kwargs={"patient_id": back.pk}))
    page = browser.get(url("chart_explain", patient_id=back.pk))

    assert "Term over since" not in panel.content.decode()
    kept_until = day(DUE_AGAIN_ON - timedelta(days=1))
    assert f"Kept until {kept_until} (ZZ Code 1.1)" in panel.content.decode()
    assert f"may be destroyed from {day(DUE_AGAIN_ON)}" in page.content.decode()
    assert "Propose for destruction" not in page.content.decode()


def test_looking_writes_no_answer(house, browse, back):
    stored = Evaluation.objects.values().get(patient=back)

    browse(house.clerk).get(url("batch_propose"), {"chart": back.pk})

    assert Evaluation.objects.values().get(patient=back) == stored


STEPS = [
    ("batch_detail", "proposed", "clerk"),
    ("batch_approve", "proposed", "supervisor"),
    ("batch_detail", "approved", "compliance"),
    ("batch_start", "approved", "compliance"),
    ("batch_detail", "executing", "clerk"),
]


@pytest.mark.parametrize("name, bring, who", STEPS)
@pytest.mark.parametrize(
    "change, reason",
    [
        (lambda patient: make.make_visit(patient, started_at=LATELY), "Not due yet"),
        (make.make_document, "Documents or visits were added after it was proposed"),
    ],
)
def test_a_batch_warns_of_charts_that_have_changed(house, browse, name, bring, who, change, reason):
    due, changed, held = house.patient(), house.patient(), house.patient()
    batch = getattr(house, bring)(due, changed, held)
    make.make_hold(held)
    make.make_document(held)
    change(changed)

    response = browse(getattr(house, who)).get(url(name, batch_id=batch.pk))

    body = response.content.decode()
    assert "1 of these charts is no longer due, or has changed" in body
    assert "1 of these charts is held" in body
    assert {line.item.patient_id: line.reason for line in response.context["lines"]} == {
        due.pk: "",
        changed.pk: reason,
        held.pk: "A hold stands",
    }


def test_a_batch_says_of_its_charts_what_the_worker_then_does(house, browse):
    due, back = house.patient(), house.patient()
    batch = house.executing(due, back)
    make.make_visit(back, started_at=LATELY)
    browser = browse(house.clerk)

    before = browser.get(url("batch_detail", batch_id=batch.pk))
    make.run(batch)
    after = browser.get(url("batch_detail", batch_id=batch.pk))

    told, done = (
        {line.item.patient_id: line.reason for line in page.context["lines"]}
        for page in (before, after)
    )
    assert told == done == {due.pk: "", back.pk: "Not due yet"}
    assert "no longer due, or" not in after.content.decode()


def test_a_chart_that_is_due_and_got_documents_is_not_said_to_be_no_longer_due(house, browse):
    due, grown = house.patient(), house.patient()
    batch = house.executing(due, grown)
    make.make_document(grown)
    make.run(batch)

    page = browse(house.clerk).get(url("batch_detail", batch_id=batch.pk))

    told = {line.item.patient_id: (line.outcome, line.reason) for line in page.context["lines"]}
    added = "Documents or visits were added after it was proposed"
    assert told == {due.pk: ("Destroyed", ""), grown.pk: ("Left out", added)}
    body = page.content.decode()
    assert "1 left out: documents or visits were added after it was proposed" in body
    assert "no longer due" not in body
