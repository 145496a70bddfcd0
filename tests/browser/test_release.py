"""The release pages in a browser: no rule of accessibility broken, counts that run along."""

import pytest
from django.urls import reverse

from accounts.models import User
from requests_release.services import links
from tests.browser.conftest import broken_rules
from tests.requests_release import builders, factories

pytestmark = pytest.mark.committed


@pytest.fixture
def scene():
    """A chart with a request at each stage that a page shows."""
    unit = factories.make_unit()
    clerk = factories.make_user("CLERK", unit=unit)
    approver = factories.make_user("SUPERVISOR", unit=unit)
    patient = factories.make_patient(unit)
    document = builders.file_document(patient, clerk)
    return {
        "unit": unit,
        "clerk": clerk,
        "patient": patient,
        "document": document,
        "prepared": builders.prepared(patient, clerk, document, basis="508"),
        "submitted": builders.submitted(patient, clerk, document),
        "ready": builders.ready(patient, clerk, approver, document),
    }


def page_of(name, request=None, **more):
    kwargs = ({"request_id": request.pk} if request else {}) | more
    return reverse(f"requests_release:{name}", kwargs=kwargs)


def addresses(scene):
    prepared, submitted, ready = (scene[name] for name in ("prepared", "submitted", "ready"))
    return [
        page_of("request_board"),
        f"{page_of('request_board')}?view=list&mine=0&due=soon",
        page_of("request_log"),
        f"{page_of('request_log')}?patient={scene['patient'].pk}",
        page_of("request_detail", prepared),
        page_of("request_items", prepared),
        page_of("request_authorization", prepared),
        page_of("request_sensitive", prepared),
        page_of("request_submit", prepared),
        page_of("request_step", prepared, step="withdraw"),
        page_of("request_approve", submitted),
        page_of("request_detail", ready),
        page_of("request_deliver", ready),
        page_of("disclosure_list", patient_id=scene["patient"].pk),
    ]


@pytest.mark.parametrize("width", [360, 1440])
def test_pages_break_no_rule_of_accessibility(sign_in, scene, width):
    page = sign_in("CLERK", "SUPERVISOR")
    factories.grant(User.objects.get(username="ana"), scene["unit"])
    page.set_viewport_size({"width": width, "height": 900})

    for address in addresses(scene):
        page.goto(address)
        assert (address, broken_rules(page)) == (address, [])
        assert (address, page.evaluate("document.documentElement.scrollWidth") <= width) == (
            address,
            True,
        )
    assert page.troubles == []


def test_the_number_of_pages_runs_along_while_choosing(sign_in, scene):
    page = sign_in("CLERK")
    factories.grant(User.objects.get(username="ana"), scene["unit"])
    page.goto(page_of("request_items", scene["prepared"]))
    total = page.locator("[data-page-total]")

    assert total.inner_text() == "2"
    page.get_by_label("Pages of Discharge summary").fill("1")
    assert total.inner_text() == "1"
    page.locator("input[name=document]").uncheck()
    assert total.inner_text() == "0"


def test_the_pages_seen_are_counted_while_ticking(sign_in, scene):
    page = sign_in("SUPERVISOR")
    factories.grant(User.objects.get(username="ana"), scene["unit"])
    page.goto(page_of("request_approve", scene["submitted"]))
    seen = page.locator("[data-seen-progress] .progress-text")

    assert seen.inner_text() == "0 of 2"
    page.get_by_label("Page 1 seen").check()
    assert seen.inner_text() == "1 of 2"
    page.get_by_label("Page 2 seen").check()
    page.get_by_role("button", name="Approve", exact=True).click()
    page.wait_for_url(f"**{page_of('request_detail', scene['submitted'])}")

    assert builders.fresh(scene["submitted"]).status == "APPROVED"


def test_a_requester_downloads_with_the_passcode(window, scene):
    ready = scene["ready"]
    made = links.make_link(actor=scene["clerk"], request_id=ready.pk, version=ready.version, days=7)
    window.goto(reverse("release_links:link_download", kwargs={"token": made.token}))

    assert broken_rules(window) == []
    window.get_by_label("Passcode").fill("wrong")
    window.get_by_role("button", name="Download").click()
    window.get_by_text("4 tries left").first.wait_for()
    window.get_by_label("Passcode").fill(links.spaced(made.passcode))
    with window.expect_download() as download:
        window.get_by_role("button", name="Download").click()

    assert download.value.suggested_filename == f"{ready.number}.pdf"
    assert builders.fresh(ready).status == "DELIVERED"
