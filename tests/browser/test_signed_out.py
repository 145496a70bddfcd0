"""What a screen shows of a patient when its person is gone."""

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse

from accounts.models import User
from tests.builders import build_house
from tests.factories.patients import make_patient
from tests.factories.units import grant

pytestmark = pytest.mark.committed


@pytest.fixture
def chart(sign_in):
    """A chart on the screen of a clerk."""
    house = build_house()
    page = sign_in("CLERK")
    grant(house.main, user=User.objects.get(username="ana"))
    patient = make_patient(house.main, actor=house.clerk, family="O'Connell", given="Freda")
    page.goto(reverse("charts:chart_detail", args=[patient.pk]))
    assert page.locator(".patient-banner, main").first.is_visible()
    assert "O'CONNELL" in page.inner_text("body").upper()
    return page


@pytest.mark.goal("G-59")
def test_going_back_after_signing_out_shows_no_patient(chart):
    page, address = chart, chart.url
    page.get_by_role("button", name="your menu").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_load_state()

    page.go_back(wait_until="load")
    back = page.inner_text("body").upper()
    page.goto(address)

    assert "O'CONNELL" not in back
    assert "O'CONNELL" not in page.inner_text("body").upper()
    assert "/sign-in/login/" in page.url


@pytest.mark.goal("G-16")
def test_page_that_nobody_touches_is_covered_soon_after_the_session_is_over(chart, settings):
    settings.IDLE_LOGOFF_SECONDS = 4
    page = chart
    page.reload()
    Session.objects.all().delete()

    page.locator("dialog.cover[open]").wait_for(timeout=30_000)

    assert page.title() == "Signed out · Chartroom"
    assert not page.get_by_text("O'CONNELL").first.is_visible()
