"""Emergency access, the access log, people and units, and second factors in a browser."""

import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.urls import reverse

from accounts.models import User
from audit.enums import Action
from audit.models import Event
from records.access import worklists
from records.access.models import GlassNotice
from records.access.services import glass, opening
from records.access.worklists import Load, TeamQueue, TeamSource
from tests.browser.conftest import PASSWORD, broken_rules, faults_of, type_sign_in
from tests.builders import build_house
from tests.builders import sign_in as sign_in_elsewhere
from tests.factories.patients import make_patient
from tests.factories.people import again
from tests.records.access.services.emergencies import REASON

pytestmark = pytest.mark.committed


@pytest.fixture
def hospital():
    return build_house()


@pytest.fixture
def patient(hospital):
    return make_patient(hospital.main, actor=hospital.clerk, family="O'Connell", given="Freda")


def break_glass(hospital, patient):
    return glass.break_glass(actor=again(hospital.stranger), patient_id=patient.pk, reason=REASON)


def confirm(page):
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()


def log_pages(patient, row):
    return [
        reverse("audit:event_list"),
        reverse("audit:event_detail", args=[Event.objects.get(action=Action.GLASS_BROKEN).pk]),
        reverse("audit:patient_viewers", args=[patient.pk]),
        reverse("audit:person_patients", args=[row.user_id]),
        reverse("audit:seal_list"),
        reverse("access:glass_list"),
        reverse("access:glass_review", args=[row.pk]),
    ]


def test_pages_of_oversight_break_no_rule_of_accessibility(sign_in, hospital, patient):
    row = break_glass(hospital, patient)
    opening.open_chart(actor=again(hospital.stranger), patient_id=patient.pk)
    page = sign_in("COMPLIANCE")
    found = {}

    for path in log_pages(patient, row):
        page.goto(path)
        found[path] = faults_of(page)

    assert {path: faults for path, faults in found.items() if faults} == {}
    assert "Chart opened" in page.inner_text("#deeds")
    assert page.troubles == []


def test_bars_of_the_team_break_no_rule_of_accessibility(sign_in, monkeypatch):
    loads = (Load("Ana Mills", 12, 3, "/ana/", "/ana/late/"), Load("", 4, 0, "/none/"))
    queue = TeamQueue("Requests", "/all/", loads)
    source = TeamSource("Desk", "access.grant_chart", lambda _: [queue])
    monkeypatch.setattr(worklists, "_teams", {"Desk": source})
    page = sign_in("SUPERVISOR")

    page.goto(reverse("home"))

    assert faults_of(page) == []
    names = [link.get_attribute("href") for link in page.locator(".team-line a").all()]
    assert names == ["/ana/", "/ana/late/", "/none/"]
    team = page.get_by_role("complementary", name="Your team's queues")
    for name in ("Ana Mills 12 waiting", "3 late in Requests, Ana Mills", "nobody yet 4 waiting"):
        assert team.get_by_role("link", name=name, exact=True).count() == 1


def test_pages_of_administrators_break_no_rule_of_accessibility(sign_in, hospital):
    page = sign_in("ADMINISTRATOR")
    page.goto(reverse("accounts:user_create"))
    confirm(page)
    page.wait_for_url("**/people/new/")
    sign_in_elsewhere(User.objects.get(username="ana"), PASSWORD)
    found = {}

    for path in (
        reverse("accounts:user_list"),
        reverse("accounts:user_create"),
        reverse("accounts:user_change", args=[hospital.clerk.pk]),
        reverse("access:unit_list"),
        reverse("access:unit_create"),
        reverse("access:unit_detail", args=[hospital.main.pk]),
        reverse("usersessions_list"),
        reverse("mfa_index"),
    ):
        page.goto(path)
        found[path] = faults_of(page)

    assert {path: faults for path, faults in found.items() if faults} == {}
    assert page.troubles == []


def test_emergency_from_the_refusal_to_the_chart_for_reading_alone(sign_in, hospital, patient):
    page = sign_in("CLERK", "SUPERVISOR")
    page.goto(reverse("charts:chart_detail", args=[patient.pk]))
    assert broken_rules(page) == []
    page.get_by_role("link", name="Break the glass").click()
    confirm(page)
    page.wait_for_url("**/glass/break/**")
    assert "Told at once: Sam Ito (supervisor) and Cora Hale (compliance)." in page.inner_text(
        "main"
    )
    assert broken_rules(page) == []

    page.get_by_label("Why you need this chart now").fill(REASON)
    page.get_by_role("button", name="Open the chart").click()

    page.wait_for_url("**/charts/**")
    assert "for reading only" in page.inner_text(".glass-line")
    assert page.get_by_role("link", name="Face sheet").count() == 1
    for name in ("File a document", "Log a request", "Change", "Admit"):
        assert page.get_by_role("link", name=name, exact=True).count() == 0
    assert broken_rules(page) == []


def test_told_person_has_a_notice_on_every_page_until_they_look(sign_in, hospital, patient):
    page = sign_in("COMPLIANCE")
    row = break_glass(hospital, patient)
    notice = page.locator("[data-notices] .callout")

    page.goto(reverse("audit:seal_list"))
    notice.wait_for()
    assert "Stella Moran opened a chart of Main file room in an emergency" in notice.inner_text()
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    foot, told = page.locator(".foot").bounding_box(), notice.bounding_box()
    assert foot["y"] + foot["height"] <= told["y"]
    assert broken_rules(page) == []
    page.get_by_role("button", name="Later").click()
    assert notice.count() == 0
    page.goto(reverse("home"))
    notice.wait_for()
    page.get_by_role("link", name="Look at it").click()

    page.wait_for_url("**/access/glass/")
    page.locator("[data-trail]").filter(has_text="trail").wait_for()  # the server has answered
    assert notice.count() == 0
    looked = GlassNotice.objects.exclude(seen_at=None).values_list("glass_id", "user__username")
    assert list(looked) == [(row.pk, "ana")]


def test_log_is_walked_by_keyboard(sign_in, hospital, patient):
    break_glass(hospital, patient)
    page = sign_in("COMPLIANCE")
    page.goto(reverse("audit:event_list"))
    shown = page.locator("tbody .row-link").first.get_attribute("href")

    page.keyboard.press("j")
    page.keyboard.press("Enter")

    page.wait_for_url(f"**{shown}")


def test_passkey_is_set_up_signs_in_and_proves_again(sign_in, hospital, patient):
    page = sign_in("CLERK")
    _plug_in_authenticator(page)
    page.goto(reverse("mfa_add_webauthn"))
    confirm(page)
    page.get_by_label("Name").fill("Desk key")
    page.get_by_label("Passwordless").check()
    page.get_by_role("button", name="Add", exact=True).click()
    page.wait_for_url("**/recovery-codes/**")
    page.get_by_role("button", name="your menu").click()
    page.get_by_role("button", name="Sign out").click()
    page.goto(reverse("account_login"))

    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/")
    page.wait_for_selector(".user-button")
    page.goto(reverse("access:glass_break", args=[patient.pk]))
    if "reauthenticate" in page.url:
        page.get_by_role("link", name="Use a security key").click()
        page.get_by_role("button", name="Use a passkey or security key").click()

    page.wait_for_url("**/glass/break/**")
    assert page.troubles == []


def test_person_with_an_app_signs_in_by_recovery_code_once(sign_in, chromium, house):
    page = sign_in("CLERK")
    codes = _set_up_app(page)
    other = chromium.new_context(base_url=house).new_page()

    for code, is_let_in in ((codes[0], True), (codes[0], False)):
        other.context.clear_cookies()
        other.goto(reverse("account_login"))
        type_sign_in(other, "ana")
        other.wait_for_url("**/2fa/authenticate/")
        other.get_by_label("Code").fill(code)
        other.get_by_role("button", name="Go on").click()
        other.wait_for_load_state()
        assert ("/2fa/" not in other.url) is is_let_in
    assert "This code is wrong, or was used already." in other.inner_text("body")
    other.context.close()


def _set_up_app(page):
    page.goto(reverse("mfa_activate_totp"))
    confirm(page)
    secret = page.locator("[data-copy]").first.get_attribute("data-copy")
    left = 30 - time.time() % 30
    if left < 5:  # the code's half minute would turn while it is typed
        page.wait_for_timeout(left * 1000)
    counter = int(time.time()) // 30
    page.get_by_label("Authenticator code").fill(format_hotp_value(hotp_value(secret, counter)))
    page.get_by_role("button", name="Set up").click()
    page.wait_for_url("**/recovery-codes/**")
    return [line.split()[-1] for line in page.locator("main ol li").all_inner_texts()]


def _plug_in_authenticator(page):
    """Give the browser a key of its own that says yes, as Chromium offers it to tests."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
