"""The frame in a browser: keys, colours, guards, and a session that ends while one types."""

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse

from accounts.models import User
from tests.browser.conftest import LOOKS, LOOKS_BETWEEN, broken_rules, faults_of, type_sign_in
from tests.factories.patients import make_patient
from tests.factories.units import grant, make_unit

pytestmark = pytest.mark.committed
FORM = reverse("account_change_password")
# A key acts after a pause in which a scanner would have typed on.
PAUSE = 250


def _press(page, *keys):
    for key in keys:
        page.keyboard.press(key)
        page.wait_for_timeout(PAUSE)


def _has_focus(page, selector):
    return page.evaluate("selector => document.activeElement.matches(selector)", selector)


def test_pages_break_no_rule_of_accessibility(sign_in):
    page = sign_in("CLERK", "SUPERVISOR")
    for address in ("/", reverse("patients:patient_search"), FORM, "/nowhere/"):
        page.goto(address)
        assert (address, faults_of(page, LOOKS + LOOKS_BETWEEN)) == (address, [])


def test_sign_in_page_breaks_no_rule(window, db):
    window.goto("/sign-in/login/")

    assert broken_rules(window) == []
    assert _has_focus(window, "[name=login]")


@pytest.mark.goal("G-57")
def test_nothing_is_refused_by_the_content_policy(sign_in):
    page = sign_in("CLERK")
    for address in ("/", FORM, reverse("mfa_index"), reverse("usersessions_list")):
        page.goto(address)
        page.wait_for_load_state("networkidle")

    assert page.troubles == []


def test_keys_lead_to_search_and_desks(sign_in):
    page = sign_in("CLERK")

    _press(page, "/")
    assert _has_focus(page, "#global-search")
    page.keyboard.type("gh?")
    assert page.input_value("#global-search") == "gh?"

    page.evaluate("document.activeElement.blur()")
    _press(page, "g", "p")
    page.wait_for_url(reverse("patients:patient_search"))


@pytest.mark.parametrize("before", ["Tab", "Shift+Tab", "ArrowDown"])
def test_keys_lead_on_whatever_was_pressed_before(sign_in, before):
    page = sign_in("CLERK")

    _press(page, before, before, "g", "p")

    page.wait_for_url(reverse("patients:patient_search"))


def test_scanner_triggers_no_key(sign_in):
    page = sign_in("CLERK")

    page.keyboard.type("gp/?", delay=4)
    page.wait_for_timeout(2 * PAUSE)

    assert page.url.endswith("/")
    assert not page.locator("dialog[open]").count()


def test_keys_can_be_switched_off(sign_in):
    page = sign_in("CLERK")
    page.get_by_role("button", name="Ana Mills").click()
    page.get_by_label("Single-key shortcuts").uncheck()
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")

    _press(page, "/")
    assert not _has_focus(page, "#global-search")
    _press(page, "Control+k")
    assert page.locator("#palette[open]").count() == 1


def test_help_lists_the_keys_of_this_page(sign_in):
    page = sign_in("CLERK")

    _press(page, "?")

    lines = [" ".join(line.split()) for line in page.locator("#keys-help li").all_inner_texts()]
    assert "Patients g then p" in lines
    assert "Find a patient / slash" in lines
    heard = page.locator("#keys-help").aria_snapshot()
    assert "Patients g then p" in heard
    assert "Find a patient slash" in heard
    _press(page, "Escape")
    assert not page.locator("#keys-help[open]").count()


def test_palette_goes_where_it_says(sign_in):
    page = sign_in("CLERK")

    _press(page, "Control+k")
    page.keyboard.type("patients")
    _press(page, "Enter")

    page.wait_for_url(reverse("patients:patient_search"))


def test_palette_is_heard_with_gaps_between_name_and_keys(sign_in):
    page = sign_in("CLERK")

    _press(page, "Control+k")

    assert page.get_by_role("option", name="Patients g then p", exact=True).count() == 1


@pytest.fixture
def charts(sign_in):
    """A clerk at the screen, and two patients of the clerk's unit."""
    page = sign_in("CLERK")
    unit = make_unit(name="Main file room")
    grant(unit, user=User.objects.get(username="ana"))
    page.patients = [
        make_patient(unit, family="Muñoz", given="Rosa"),
        make_patient(unit, family="Mills", given="Ada"),
    ]
    return page


def test_palette_lists_the_charts_opened_last_and_leads_back_to_them(charts):
    page = charts
    for patient in page.patients:
        page.goto(f"/charts/{patient.pk}/")
    page.goto("/")

    _press(page, "Control+k")
    page.get_by_text("Opened last").wait_for()

    names = page.locator("#palette .palette-name").all_inner_texts()
    assert names == ["MILLS, Ada", "MUÑOZ, Rosa"]
    assert broken_rules(page) == []
    _press(page, "ArrowDown", "Enter")
    page.wait_for_url(f"/charts/{page.patients[0].pk}/")
    assert page.troubles == []


def test_commands_alone_are_listed_where_nothing_was_opened(charts):
    page = charts

    _press(page, "Control+k")
    page.wait_for_timeout(PAUSE)

    assert not page.get_by_text("Opened last").count()
    assert page.locator("#palette [role=option]").first.inner_text().startswith("My work")


def test_patient_is_found_and_opened_by_keyboard(charts):
    page = charts

    _press(page, "/")
    page.keyboard.type("m")
    page.keyboard.press("Enter")
    page.wait_for_url("/patients/**")
    page.get_by_role("searchbox", name="Find", exact=True).focus()
    _press(page, "ArrowDown", "j", "Enter")
    page.wait_for_url(f"/charts/{page.patients[0].pk}/")

    _press(page, "/")
    page.keyboard.type("mills ada")
    page.keyboard.press("Enter")
    page.wait_for_url("/patients/**")
    page.locator("main a.row-link:focus").wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url(f"/charts/{page.patients[1].pk}/")


def test_who_is_meant_shows_while_one_types_right_after_slash(charts):
    page = charts
    page.wait_for_timeout(PAUSE)
    field, found = page.locator("#global-search"), page.locator("#global-found [data-url]")

    page.keyboard.type("/mil", delay=2)
    found.first.wait_for()

    assert page.input_value("#global-search") == "mil"
    assert [line.split(" ")[0] for line in found.all_inner_texts()] == ["MILLS,"]
    assert found.locator("b").all_inner_texts() == ["MIL"]
    assert broken_rules(page) == []
    _press(page, "Escape")
    assert field.get_attribute("aria-expanded") == "false"
    assert (field.input_value(), found.first.is_visible()) == ("mil", False)
    _press(page, "ArrowDown")
    assert field.get_attribute("aria-activedescendant") == found.get_attribute("id")
    page.keyboard.press("Enter")
    page.wait_for_url(f"/charts/{page.patients[1].pk}/")
    assert page.troubles == []


def test_a_social_security_number_is_in_no_address_however_it_is_typed(charts):
    page, asked, posted = charts, [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("request", lambda request: posted.append(request.post_data or ""))
    page.on("framenavigated", lambda frame: asked.append(frame.url))

    _press(page, "/")
    page.keyboard.type("219-44-6789", delay=60)
    page.get_by_role("option", name="Nobody found").wait_for()
    page.keyboard.press("Enter")
    page.get_by_text("The number that you typed is not shown again.").wait_for()
    field = page.get_by_role("searchbox", name="Find", exact=True)
    field.press_sequentially("219446789", delay=60)
    page.get_by_text("Nobody found").wait_for()
    page.wait_for_timeout(3 * PAUSE)
    _press(page, "Control+k")
    page.keyboard.type("ssn 219-44-6789")
    with page.expect_navigation():
        page.keyboard.press("Enter")

    assert page.url.endswith(reverse("patients:patient_search"))
    assert sum("219-44-6789" in body for body in posted) >= 3
    assert [url for url in asked if "219" in url] == []
    assert page.troubles == []


def test_form_without_scripts_is_sent_all_the_same(chromium, house, charts):
    cookies = charts.context.cookies()
    context = chromium.new_context(base_url=house, java_script_enabled=False)
    context.add_cookies(cookies)
    plain = context.new_page()

    plain.goto(reverse("patients:patient_register"))
    for name, value in (("family", "Okafor"), ("given", "Ada"), ("birth_on", "3/14/1961")):
        plain.locator(f"[name={name}]").fill(value)
    plain.locator("[name=sex]").select_option("FEMALE")
    plain.get_by_role("button", name="Register").click()

    plain.wait_for_url("/charts/*/")
    assert plain.get_by_role("complementary", name="Patient").is_visible()
    assert not plain.get_by_role("button", name="Copy MRN").is_visible()
    context.close()


def test_colours_are_kept_for_the_next_page(sign_in):
    page = sign_in("CLERK")
    page.get_by_role("button", name="Ana Mills").click()
    page.get_by_text("Dark").click()
    page.goto(FORM)

    assert page.get_attribute("html", "data-bs-theme") == "dark"
    assert page.evaluate("Object.keys(localStorage)") == ["theme"]


def test_narrow_window_folds_the_desks(sign_in):
    page = sign_in("CLERK")
    page.set_viewport_size({"width": 800, "height": 900})
    desk = page.locator("#sidebar").get_by_text("Patients")
    assert not desk.is_visible()

    page.get_by_role("button", name="Desks").click()

    assert desk.is_visible()


def test_errors_take_focus_and_lead_to_their_field(sign_in):
    page = sign_in("CLERK")
    page.goto(FORM)
    page.get_by_role("button", name="Change password").click()

    page.wait_for_selector(".error-summary")
    assert _has_focus(page, ".error-summary")
    assert page.title().startswith("Error: ")
    page.locator(".error-summary a").first.click()
    assert _has_focus(page, "input.is-invalid")


def test_form_is_sent_once(sign_in):
    page = sign_in("CLERK")
    page.goto(FORM)
    sent = []
    page.on("request", lambda request: sent.append(request.method))

    page.get_by_role("button", name="Change password").dblclick(no_wait_after=True)
    page.wait_for_selector(".error-summary")

    assert sent.count("POST") == 1


def test_page_covers_itself_when_the_session_ends_and_keeps_what_was_typed(sign_in, settings):
    settings.IDLE_LOGOFF_SECONDS = 30
    page = sign_in("CLERK")
    page.goto(FORM)
    field = page.locator("[name=oldpassword]")
    field.fill("half typed")
    Session.objects.all().delete()

    page.evaluate("dispatchEvent(new Event('chartroom:signed-out'))")
    assert page.locator("dialog.cover[open]").count() == 1
    assert page.title() == "Signed out · Chartroom"
    assert not field.is_visible()

    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Sign in again").click()
    again = opened.value
    type_sign_in(again, "ana")
    again.wait_for_url("**/")
    page.bring_to_front()

    field.wait_for(state="visible")
    assert field.input_value() == "half typed"
    page.get_by_role("button", name="Change password").click()
    page.wait_for_selector(".error-summary")


def test_sign_out_in_another_tab_covers_the_form_at_once(sign_in):
    page = sign_in("CLERK")
    page.goto(FORM)
    field = page.locator("[name=oldpassword]")
    field.fill("half typed")
    other = page.context.new_page()
    other.goto("/")

    other.get_by_role("button", name="Ana Mills").click()
    other.get_by_role("button", name="Sign out").click()

    page.locator("dialog.cover[open]").wait_for()
    assert field.input_value() == "half typed"


@pytest.mark.parametrize("is_signed_in_again", [False, True])
def test_form_long_in_the_typing_is_not_lost_with_the_session(sign_in, is_signed_in_again):
    page = sign_in("CLERK")
    page.goto(FORM)
    field = page.locator("[name=oldpassword]")
    field.fill("half typed")
    # No other tab tells this page: the session ends as if by an administrator.
    page.evaluate("(now => { Date.now = () => now() + 60000 })(Date.now)")
    Session.objects.all().delete()
    if is_signed_in_again:
        other = page.context.new_page()
        other.add_init_script("delete window.BroadcastChannel")
        other.goto("/sign-in/login/")
        type_sign_in(other, "ana")
        other.wait_for_url("**/")

    page.get_by_role("button", name="Change password").click()

    if is_signed_in_again:
        page.wait_for_selector(".error-summary")
    else:
        page.locator("dialog.cover[open]").wait_for()
        assert field.input_value() == "half typed"


def test_another_person_does_not_get_the_covered_page(sign_in, make_person):
    page = sign_in("CLERK")
    make_person("ben", "CLERK")
    page.goto(FORM)
    page.locator("[name=oldpassword]").fill("half typed")
    Session.objects.all().delete()
    page.evaluate("dispatchEvent(new Event('chartroom:signed-out'))")

    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Sign in again").click()
    type_sign_in(opened.value, "ben")
    opened.value.wait_for_url("**/")
    page.bring_to_front()

    page.wait_for_url("/")
    assert page.get_attribute('meta[name="user-id"]', "content") != ""


def test_warning_comes_before_the_end_and_staying_is_one_click(sign_in, settings):
    settings.IDLE_LOGOFF_SECONDS = 24
    page = sign_in("CLERK")
    page.goto(FORM)

    stay = page.get_by_role("button", name="Stay signed in")
    stay.wait_for(timeout=25_000)
    stay.click()
    stay.wait_for(state="hidden")

    assert page.evaluate("fetch('/session/').then(r => r.json()).then(s => s.seconds > 15)")
