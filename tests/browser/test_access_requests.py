"""Asking for access and deciding on it, in a browser."""

import pytest
from django.urls import reverse

from accounts.models import User
from records.access.models import AccessRequest
from tests.browser.conftest import LOOKS, LOOKS_BETWEEN, PASSWORD, faults_of
from tests.builders import build_house
from tests.factories.patients import make_patient
from tests.factories.people import again
from tests.factories.units import grant as give_unit
from tests.records.access.services.asking import REASON, ask, decline, grant

pytestmark = pytest.mark.committed


@pytest.fixture
def hospital():
    return build_house()


@pytest.fixture
def patient(hospital):
    return make_patient(hospital.main, actor=hospital.clerk, family="O'Connell", given="Freda")


def in_looks(page, path):
    """Return what is wrong with a page in any look."""
    page.goto(path)
    return faults_of(page, LOOKS + LOOKS_BETWEEN)


def test_refused_chart_is_asked_for_and_the_end_is_told_until_looked_at(sign_in, hospital, patient):
    page = sign_in("CLERK")
    page.goto(reverse("charts:chart_detail", args=[patient.pk]))
    page.get_by_role("link", name="Ask for access").click()
    page.get_by_role("button", name="Ask for access").click()
    page.get_by_role("heading", name="There is a problem").wait_for()
    page.get_by_label("For which task").select_option("OPERATIONS")
    page.get_by_label("Why you need this chart").fill(REASON)
    page.get_by_role("button", name="Ask for access").click()
    page.wait_for_url("**/access/requests/own/")
    grant(hospital.supervisor, AccessRequest.objects.get())

    page.goto(reverse("home"))
    notice = page.locator("[data-notices] .callout")
    notice.wait_for()
    assert "Access request" in notice.inner_text()
    assert "was granted by Sam Ito." in notice.inner_text()
    notice.get_by_role("link", name="Look at it").click()
    page.wait_for_url("**/access/requests/own/")
    page.get_by_role("link", name="Open the chart of").click()

    page.wait_for_url(f"**{reverse('charts:chart_detail', args=[patient.pk])}")
    assert page.troubles == []


def test_list_is_walked_by_keyboard_and_granting_asks_who_one_is(sign_in, hospital, patient):
    row = ask(hospital.stranger, patient)
    page = sign_in("SUPERVISOR")
    give_unit(hospital.main, user=User.objects.get(username="ana"))
    page.goto(reverse("access:access_request_list"))

    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/access/requests/{row.pk}/")
    page.get_by_role("button", name="Grant").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()

    page.wait_for_url("**/access/requests/")
    row.refresh_from_db()
    assert (row.status, row.decided_by.username) == ("GRANTED", "ana")


def test_pages_of_deciders_break_no_rule_of_accessibility(sign_in, hospital, patient):
    row, closed = ask(hospital.stranger, patient), ask(hospital.provider, patient)
    decline(hospital.supervisor, closed)
    page = sign_in("SUPERVISOR")
    give_unit(hospital.main, user=User.objects.get(username="ana"))

    for path in (
        reverse("access:access_request_list"),
        reverse("access:access_request_decide", args=[row.pk]),
        reverse("access:access_request_decide", args=[closed.pk]),
    ):
        assert in_looks(page, path) == []
    assert page.troubles == []


def test_pages_of_askers_break_no_rule_of_accessibility(sign_in, hospital, patient):
    page = sign_in("CLERK")
    user = again(User.objects.get(username="ana"))
    for number in range(3):
        row = ask(user, make_patient(hospital.main, actor=hospital.clerk))
        if number:
            (grant if number == 1 else decline)(hospital.supervisor, row)

    for path in (
        reverse("charts:chart_detail", args=[patient.pk]),
        reverse("access:access_request_ask", args=[patient.pk]),
        reverse("access:access_request_own"),
    ):
        assert in_looks(page, path) == []
    assert page.troubles == []
