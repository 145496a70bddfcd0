"""The page of a refusal: what was refused, and advice that fits it."""

import re

import pytest
from django.urls import reverse

from accounts.roles import Role
from records.access.services import charts, glass
from tests.builders import build_house, sign_in_freshly
from tests.factories.patients import make_patient
from tests.factories.people import again, make_user

pytestmark = pytest.mark.django_db
ASK = "Ask for access, and say for which task you need the chart"


@pytest.fixture
def house():
    return build_house()


@pytest.fixture
def patient(house):
    return make_patient(house.main, actor=house.clerk)


def advice(answer):
    """What the page says can be done, a line each."""
    text = answer.content.decode()
    found = re.findall(r"<li>(.*?)</li>", text[text.index("What you can do") :], re.DOTALL)
    return [re.sub(r"<[^>]+>", "", line).strip() for line in found]


def page(user, name, patient):
    return sign_in_freshly(user).get(reverse(name, args=[patient.pk]))


def test_no_ground_is_told_whom_to_ask(house, patient):
    answer = page(house.stranger, "charts:chart_detail", patient)

    assert (answer.status_code, len(advice(answer))) == (403, 3)
    assert advice(answer)[0].startswith(ASK)
    assert reverse("access:access_request_ask", args=[patient.pk]) in answer.content.decode()
    assert reverse("access:glass_break", args=[patient.pk]) in answer.content.decode()


@pytest.mark.parametrize("who", ["clerk", "stranger", "provider"])
def test_destroyed_chart_leads_to_what_is_left_and_sends_nobody_for_a_right(house, patient, who):
    charts.mark_destroyed(actor=house.compliance, chart_id=patient.pk)

    answer = page(getattr(house, who), "charts:chart_detail", patient)

    text = answer.content.decode()
    assert answer.status_code == 403
    assert "<h1>This chart is no more</h1>" in text
    assert advice(answer) == [
        "Look at what is left of it: whose chart it was, when it was destroyed and under which"
        " rule.",
        "Go back to your work.",
    ]
    assert reverse("retention:stub_detail", args=[patient.pk]) in text
    assert reverse("access:glass_break", args=[patient.pk]) not in text


def test_emergency_access_leads_back_to_the_chart(house, patient):
    glass.break_glass(
        actor=again(house.stranger), patient_id=patient.pk, reason="Brought in unconscious"
    )

    answer = page(house.stranger, "patients:patient_edit", patient)

    assert advice(answer)[0] == "Go back to the chart and read on."
    assert f'href="{reverse("charts:chart_detail", args=[patient.pk])}"' in answer.content.decode()


def test_missing_role_is_not_told_to_ask_for_a_chart(patient):
    answer = page(make_user(Role.PROVIDER), "patients:patient_edit", patient)

    assert advice(answer) == [
        "Ask your supervisor if you need it for your work; an administrator gives roles.",
        "Go back to your work.",
    ]
