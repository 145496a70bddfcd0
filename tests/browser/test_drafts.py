"""What was typed and not sent is there again after a reload, a time-out, another person's turn."""

import re
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.selectors.users import get_system_user
from audit.writes import attributing
from records.encounters.models import Provider
from tests.browser.conftest import PASSWORD, broken_rules, type_sign_in

pytestmark = pytest.mark.committed
FORM = "/encounters/practitioners/new/"
OFFER = "[data-draft-offer]"
DAY = 24 * 3600 * 1000


@pytest.fixture
def page(sign_in):
    page = sign_in("SUPERVISOR")
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(FORM)
    return page


def _type(page, text="Dr. Ruth Okafor", field="Name"):
    page.get_by_label(field).fill(text)
    page.wait_for_selector("[data-draft-state]:not(:empty)")


def _stored(page):
    return page.evaluate("Object.entries({...localStorage}).filter(([k]) => k.includes('draft'))")


def _shift(page, milliseconds):
    """Let the browser's clock stand later on the pages that follow."""
    page.add_init_script(f"(now => {{ Date.now = () => now() + {milliseconds} }})(Date.now)")


def _add(page):
    """Send the form, which waits for a proof of who one is."""
    page.get_by_role("button", name="Add").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    page.wait_for_url(re.compile(r"/practitioners/\d+/$"))


def _settle(page):
    """Wait until the script has looked for drafts of this page's forms."""
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(200)


def test_what_was_typed_is_offered_after_a_reload_and_put_back(page):
    _type(page)
    assert page.locator("[data-draft-state]").inner_text().startswith("Draft kept ")
    [(name, value)] = _stored(page)
    assert not any(word in f"{name} {value}" for word in ("Okafor", "Ruth", "practitioners"))

    page.reload()
    assert page.get_by_label("Name").input_value() == ""
    offer = page.locator(OFFER).inner_text()
    now = timezone.localtime()
    moments = [f"{at:%b} {at.day}, {at:%H:%M}" for at in (now, now - timedelta(minutes=1))]
    assert offer.startswith(tuple(f"You typed something here on {moment}," for moment in moments))
    assert broken_rules(page) == []
    page.get_by_role("button", name="Put it back").press("Enter")

    assert page.get_by_label("Name").input_value() == "Dr. Ruth Okafor"
    assert page.evaluate("document.activeElement.name") == "name"
    assert page.locator(OFFER).count() == 0
    assert page.troubles == []


def test_thrown_away_or_taken_back_by_hand_it_is_not_offered_again(page):
    _type(page)
    page.reload()
    page.get_by_role("button", name="Throw it away").click()
    assert _stored(page) == []
    _type(page, "Dr. Hale")
    page.get_by_label("Name").fill("")
    page.wait_for_selector("[data-draft-state]:empty", state="attached")
    assert _stored(page) == []

    page.reload()
    _settle(page)

    assert page.locator(OFFER).count() == 0


def test_what_is_typed_beside_an_offer_is_kept_too(page):
    _type(page)
    page.reload()
    page.wait_for_selector(OFFER)
    _type(page, "1234", "National number (NPI)")

    page.reload()
    page.get_by_role("button", name="Put it back").click()

    assert page.get_by_label("Name").input_value() == "Dr. Ruth Okafor"
    assert page.get_by_label("National number (NPI)").input_value() == "1234"


def test_another_person_at_the_same_browser_is_offered_nothing_even_where_it_is_copied(
    page, make_person
):
    _type(page)
    [(_, value)] = _stored(page)
    make_person("bo", "SUPERVISOR")
    page.goto("/")
    Session.objects.all().delete()
    page.goto("/sign-in/login/")
    type_sign_in(page, "bo")
    page.wait_for_url("**/")
    page.goto(FORM)
    _settle(page)
    assert page.locator(OFFER).count() == 0
    _type(page, "mine")
    [(name, _)] = [entry for entry in _stored(page) if entry[1] != value]

    page.evaluate("([name, value]) => localStorage.setItem(name, value)", [name, value])
    page.reload()
    _settle(page)

    assert page.locator(OFFER).count() == 0
    assert name not in dict(_stored(page))


def test_a_form_that_was_taken_is_no_draft(page):
    _type(page)
    _add(page)

    page.goto(FORM)
    _settle(page)

    assert Provider.objects.get().name == "Dr. Ruth Okafor"
    assert (page.locator(OFFER).count(), _stored(page)) == (0, [])


def test_a_form_that_was_refused_is_a_draft_still(page):
    _type(page)
    _type(page, "1234", "National number (NPI)")
    page.get_by_role("button", name="Add").click()
    page.wait_for_selector(".error-summary")
    assert page.locator(OFFER).count() == 0

    page.goto(FORM)
    page.get_by_role("button", name="Put it back").click()

    assert page.get_by_label("Name").input_value() == "Dr. Ruth Okafor"
    assert page.get_by_label("National number (NPI)").input_value() == "1234"


def test_a_form_sent_after_the_session_ended_is_a_draft_still(page):
    _type(page)
    Session.objects.all().delete()
    page.get_by_role("button", name="Add").click()
    page.get_by_role("heading", name="You are not signed in").wait_for()

    page.goto("/sign-in/login/")
    type_sign_in(page, "ana")
    page.wait_for_url("**/")
    page.goto(FORM)
    page.get_by_role("button", name="Put it back").click()

    assert page.get_by_label("Name").input_value() == "Dr. Ruth Okafor"


def test_what_others_changed_meanwhile_is_left_alone(page):
    _type(page)
    _add(page)
    _type(page, "1234567893", "National number (NPI)")
    with attributing(get_system_user()):
        Provider.objects.update(name="Dr. Ruth Hale")
    page.reload()
    page.get_by_role("button", name="Put it back").click()

    assert page.get_by_label("Name").input_value() == "Dr. Ruth Hale"
    assert page.get_by_label("National number (NPI)").input_value() == "1234567893"


@pytest.mark.parametrize("days, is_there", [(1, True), (3, False)])
def test_an_old_draft_is_thrown_away(page, days, is_there):
    _type(page)
    _shift(page, days * DAY)
    page.reload()
    _settle(page)

    assert (page.locator(OFFER).count() == 1, len(_stored(page)) == 1) == (is_there, is_there)


def test_a_social_security_number_is_not_kept(sign_in):
    page = sign_in("CLERK")
    page.goto("/patients/register/")
    page.locator("[name=ssn]").fill("219-44-6789")
    page.locator("[name=family]").fill("Muñoz")
    page.wait_for_selector("[data-draft-state]:not(:empty)")
    page.reload()
    page.get_by_role("button", name="Put it back").click()
    assert page.locator("[name=family]").input_value() == "Muñoz"
    assert page.locator("[name=ssn]").input_value() == ""
