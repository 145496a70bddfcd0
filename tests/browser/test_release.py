"""The release pages in a browser: accessible, worked by keyboard, losing nothing that was typed."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import User
from printing import words
from requests_release.models import Delivery
from requests_release.services import downloads, links, passcodes, requests
from tests.browser.conftest import LOOKS, LOOKS_BETWEEN, broken_rules, faults_of, wait_for_picture
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
        "delivered": deliver(builders.ready(patient, clerk, approver, document), clerk),
    }


def deliver(ready, clerk):
    builders.hand_over(ready, clerk, tracking_note="9400 1000")
    return ready


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
        page_of("request_edit", prepared),
        page_of("request_assign", prepared),
        page_of("request_step", prepared, step="withdraw"),
        page_of("request_step", prepared, step="extend"),
        page_of("request_approve", submitted),
        page_of("request_detail", ready),
        page_of("request_deliver", ready),
        page_of("request_approve", ready),
        page_of("request_detail", scene["delivered"]),
        page_of("disclosure_list", patient_id=scene["patient"].pk),
    ]


@pytest.mark.parametrize("looks", [LOOKS, pytest.param(LOOKS_BETWEEN, marks=pytest.mark.deep)])
def test_pages_break_no_rule_of_accessibility(sign_in, scene, looks):
    page = sign_in("CLERK", "SUPERVISOR")
    factories.grant(User.objects.get(username="ana"), scene["unit"])

    for address in addresses(scene):
        page.goto(address)
        for closed in page.locator("main details:not([open]) > summary").all():
            closed.click()
        assert (address, faults_of(page, looks)) == (address, [])
    assert page.troubles == []


def test_the_patients_own_name_stands_where_the_patient_asks(sign_in, scene):
    page = sign_in("CLERK")
    factories.grant(User.objects.get(username="ana"), scene["unit"])
    page.goto(f"{page_of('request_log')}?patient={scene['patient'].pk}")
    kind, name = page.get_by_label("Who asks"), page.get_by_label("Name of person or office")
    own = name.input_value()

    assert own == "Freda O'Connell"
    kind.select_option("ATTORNEY")
    assert name.input_value() == ""
    name.fill("Abara & Sons")
    kind.select_option("PATIENT")
    assert name.input_value() == "Abara & Sons"
    name.fill("")
    kind.select_option("COURT")
    kind.select_option("PATIENT")
    assert name.input_value() == own


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

    button = page.get_by_role("button", name="Approve", exact=True)

    assert seen.inner_text() == "0 of 2"
    page.get_by_label("Page 1 seen").check()
    assert seen.inner_text() == "1 of 2"
    assert button.is_disabled()
    assert button.get_attribute("aria-describedby") == "why-not-seen"
    reason = page.locator("#why-not-seen")
    assert reason.inner_text() == "1 of 2 pages is not ticked as seen yet."
    page.get_by_label("Page 2 seen").check()
    assert reason.is_hidden()
    page.get_by_label("Page 2 seen").uncheck()
    assert button.is_disabled()
    page.get_by_label("Page 2 seen").check()
    wait_for_picture(page, 1)
    wait_for_picture(page, 2)
    button.click()
    page.wait_for_url(f"**{page_of('request_detail', scene['submitted'])}")

    assert builders.fresh(scene["submitted"]).status == "APPROVED"


def enter(sign_in, scene, *roles):
    """A person of the unit, signed in."""
    page = sign_in(*roles)
    factories.grant(User.objects.get(username="ana"), scene["unit"])
    return page


def press(page, key):
    """Press a single key as a person does: not faster than a scanner, and let it act."""
    page.wait_for_timeout(60)
    page.keyboard.press(key)
    page.wait_for_timeout(200)


def test_a_page_whose_picture_has_not_come_is_not_ticked_by_its_key(sign_in, scene):
    page = enter(sign_in, scene, "SUPERVISOR")
    held = []
    page.route("**/pages/1/", lambda route: held.append(route))
    page.goto(page_of("request_approve", scene["submitted"]), wait_until="domcontentloaded")
    page.locator("[data-seen-next]:visible").wait_for()
    seen = page.locator("[data-seen-progress] .progress-text")

    press(page, "v")
    assert seen.inner_text() == "0 of 2"
    assert page.get_by_text("This page has not loaded yet.").count() == 1
    for route in held:
        route.continue_()
    wait_for_picture(page, 1)
    press(page, "v")
    assert seen.inner_text() == "1 of 2"


def test_a_release_is_approved_by_keyboard_alone(sign_in, scene):
    page = enter(sign_in, scene, "SUPERVISOR")
    page.goto(page_of("request_approve", scene["submitted"]))
    seen = page.locator("[data-seen-progress] .progress-text")

    wait_for_picture(page, 1)
    press(page, "v")
    assert seen.inner_text() == "1 of 2"
    wait_for_picture(page, 2)
    assert page.evaluate("document.activeElement.labels[0].innerText") == "Page 2 seen"
    press(page, "Shift+A")
    assert page.url.endswith(page_of("request_approve", scene["submitted"]))
    press(page, "v")
    assert seen.inner_text() == "2 of 2"
    assert page.evaluate("document.activeElement.value") == "approve"
    press(page, "Shift+A")
    page.wait_for_url(f"**{page_of('request_detail', scene['submitted'])}")

    assert page.get_by_text("Approved. The package is being built.").is_visible()
    assert builders.fresh(scene["submitted"]).status == "APPROVED"
    assert page.troubles == []


@pytest.mark.parametrize(("key", "status"), [("Shift+R", "RETURNED"), ("Shift+D", "DENIED")])
def test_returning_and_denying_by_keyboard_ask_for_words(sign_in, scene, key, status):
    page = enter(sign_in, scene, "SUPERVISOR")
    page.goto(page_of("request_approve", scene["submitted"]))

    wait_for_picture(page, 1)
    press(page, "v")
    press(page, key)
    page.get_by_text("Say what is wrong").first.wait_for()
    assert page.locator("[data-seen-progress] .progress-text").inner_text() == "1 of 2"
    page.get_by_label("Comment").fill("Page 2 is not hers")
    page.evaluate("document.activeElement.blur()")
    press(page, key)
    page.wait_for_url(f"**{page_of('request_detail', scene['submitted'])}")

    assert builders.fresh(scene["submitted"]).status == status


def test_single_keys_do_nothing_while_a_comment_is_typed(sign_in, scene):
    page = enter(sign_in, scene, "SUPERVISOR")
    page.goto(page_of("request_approve", scene["submitted"]))

    page.get_by_label("Comment").press_sequentially("vAvRvD", delay=150)
    page.wait_for_timeout(300)

    assert page.get_by_label("Comment").input_value() == "vAvRvD"
    assert page.locator("[data-seen-progress] .progress-text").inner_text() == "0 of 2"


def test_the_keys_of_the_page_are_listed(sign_in, scene):
    page = enter(sign_in, scene, "SUPERVISOR")
    page.goto(page_of("request_approve", scene["submitted"]))
    for number in (1, 2):  # a step is a key once it can be taken
        wait_for_picture(page, number)
        press(page, "v")

    press(page, "?")

    listed = page.locator("#keys-help").inner_text()
    for name in ("Page seen, show the next", "Approve", "Return", "Deny"):
        assert name in listed


def test_who_may_not_decide_reads_without_a_form(sign_in, scene):
    page = enter(sign_in, scene, "CLERK")
    page.goto(page_of("request_approve", scene["submitted"]))

    assert page.get_by_text("A supervisor decides this").is_visible()
    assert page.locator("main img").count() == 2
    assert page.locator("main form, main input, main textarea").count() == 0
    press(page, "v")
    press(page, "Shift+A")
    assert builders.fresh(scene["submitted"]).status == "SUBMITTED"
    assert broken_rules(page) == []


def test_an_overtaken_form_keeps_what_was_typed_and_is_saved_on_top(sign_in, scene):
    prepared = builders.fresh(scene["prepared"])
    page = enter(sign_in, scene, "CLERK")
    page.goto(page_of("request_edit", prepared))
    page.get_by_label("Purpose in words").fill("For the hearing of May")
    requests.change(
        actor=scene["clerk"],
        request_id=prepared.pk,
        version=prepared.version,
        requester=builders.COURT,
        facts=builders.request_facts(basis="508", scope="Only the summary of May"),
    )

    page.get_by_role("button", name="Save").click()
    page.get_by_text("Not saved: the request changed while you worked").wait_for()
    assert page.title().startswith("Error: ")
    assert "overtaken-title" in page.evaluate(
        "document.activeElement.getAttribute('aria-labelledby')"
    )
    assert page.get_by_text("changed what is asked for on").is_visible()
    assert page.get_by_label("Purpose in words").input_value() == "For the hearing of May"
    assert broken_rules(page) == []
    page.get_by_role("button", name="Save mine on top").click()
    page.wait_for_url(f"**{page_of('request_detail', prepared)}")

    assert builders.fresh(prepared).purpose_note == "For the hearing of May"


def test_a_number_typed_into_the_search_leads_to_its_request(sign_in, scene):
    page = enter(sign_in, scene, "CLERK")
    page.goto("/")

    press(page, "/")
    page.keyboard.type(scene["ready"].number.lower())
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{page_of('request_detail', scene['ready'])}")

    assert page.get_by_role("heading", name=scene["ready"].number).is_visible()


def test_the_page_of_a_new_link_loaded_again_says_what_stands(sign_in, scene):
    page = enter(sign_in, scene, "CLERK")
    page.goto(page_of("request_deliver", scene["ready"]))
    page.get_by_role("button", name="Make the link").click()
    page.get_by_text("Shown this once").wait_for()
    passcode = page.locator("dd.strong").inner_text()[:11]
    made = Delivery.objects.get(used_at=None)

    page.reload()

    page.get_by_text("Nothing new was made").wait_for()
    told = page.locator("main").inner_text()
    assert f"It was made by {made.created_by.display_name} on" in told
    assert "they are kept nowhere and cannot be shown again" in told
    assert "Not saved" not in told
    assert passcode not in page.content()
    assert broken_rules(page) == []
    page.get_by_role("button", name="End it and make a new link").click()
    page.get_by_text("Shown this once").wait_for()

    made.refresh_from_db()
    assert made.closed_at is not None
    assert page.locator("dd.strong").inner_text()[:11] != passcode


def test_an_impossible_day_is_said_beside_its_field(sign_in, scene):
    page = enter(sign_in, scene, "CLERK")
    page.goto(page_of("request_authorization", scene["prepared"]))
    page.get_by_label("Which information").fill("The stay of May")
    page.get_by_label("Signed on").fill("11/03/2025")
    page.get_by_label("Expires on").fill("11/02/2025")
    page.locator("input[type=file]").set_input_files(
        {"name": "form.pdf", "mimeType": "application/pdf", "buffer": builders.pdf(1, "Form")}
    )

    page.get_by_role("button", name="Record the authorization").click()
    page.get_by_role("link", name="This lies before the day of the signature").wait_for()

    field = page.get_by_label("Expires on")
    assert field.get_attribute("aria-invalid") == "true"
    assert field.input_value() == "11/02/2025"
    assert page.get_by_label("Which information").input_value() == "The stay of May"
    assert page.get_by_text("Choose the file again: it was not kept.").count() > 0
    assert broken_rules(page) == []


# --- the link, for strangers ------------------------------------------------------------------


@pytest.fixture
def link(scene):
    ready = scene["ready"]
    return links.make_link(actor=scene["clerk"], request_id=ready.pk, version=ready.version, days=7)


SAID_ALOUD = """() => [...document.querySelectorAll("[aria-live], [role=status]")]
    .map((each) => each.textContent).join(" ")"""


def open_link(window, link):
    window.goto(reverse("release_links:link_download", kwargs={"token": link.token}))


def try_passcode(window, passcode):
    window.get_by_label("Passcode").fill(passcode)
    window.get_by_role("button", name="Download").click()


def test_a_requester_downloads_with_the_passcode_and_reads_what_to_do_next(window, scene, link):
    ready = scene["ready"]
    open_link(window, link)

    assert broken_rules(window) == []
    assert f"until {words.moment(link.delivery.expires_at)}" in window.locator("main").inner_text()
    try_passcode(window, "wrong")
    window.get_by_text("4 tries left").first.wait_for()
    window.wait_for_timeout(100)  # what is said aloud is written a moment later
    assert "download" not in window.evaluate(SAID_ALOUD)
    assert broken_rules(window) == []
    with window.expect_download() as download:
        try_passcode(window, passcodes.spaced(link.passcode))
    window.get_by_text("The download is complete").wait_for()

    assert "Fetch it again" not in window.locator("main").inner_text()
    assert download.value.suggested_filename == f"{ready.number}.pdf"
    assert download.value.path().read_bytes().startswith(b"%PDF-")
    assert window.get_by_text("What to do next").is_visible()
    assert broken_rules(window) == []
    with window.expect_download() as again:
        window.get_by_role("button", name="Save the file again").click()
    assert again.value.path().read_bytes() == download.value.path().read_bytes()
    open_link(window, link)
    assert "downloaded already" in window.locator("main").inner_text()
    assert builders.fresh(ready).status == "DELIVERED"
    assert window.troubles == []


def test_five_wrong_passcodes_close_the_link_in_front_of_the_reader(window, scene, link):
    open_link(window, link)

    for answer in ("4 tries left", "3 tries left", "2 tries left", "1 try left"):
        try_passcode(window, "wrong")
        window.get_by_text(answer).first.wait_for()
    try_passcode(window, "wrong")
    window.get_by_text("The link is closed").wait_for()

    assert window.get_by_label("Passcode").count() == 0
    open_link(window, link)
    assert "This link is closed" in window.locator("main").inner_text()
    assert broken_rules(window) == []
    assert builders.fresh(scene["ready"]).status == "READY"


def test_an_expired_link_says_so(window, scene, monkeypatch):
    ready = scene["ready"]
    monkeypatch.setattr(links, "timedelta", lambda days: timedelta(days=-days))
    link = links.make_link(actor=scene["clerk"], request_id=ready.pk, version=ready.version, days=1)

    open_link(window, link)

    assert "This link has expired. Ask the records department" in (
        window.locator("main").inner_text()
    )
    assert broken_rules(window) == []
    assert builders.fresh(ready).status == "READY"


def test_a_download_that_breaks_off_is_not_called_complete(window, scene, link):
    open_link(window, link)
    window.route("**/r/**", lambda route: route.abort())

    try_passcode(window, link.passcode)

    window.get_by_text("The connection broke off").wait_for()
    assert window.get_by_text("The download is complete").count() == 0
    assert broken_rules(window) == []


def test_a_download_that_broke_off_is_made_again_and_ends_the_link(window, scene, link):
    downloads.download(token=link.token, passcode=link.passcode)
    open_link(window, link)

    assert "2 times at most" in window.locator("main").inner_text()
    assert broken_rules(window) == []
    window.get_by_label("Passcode").fill(link.passcode)
    with window.expect_response(lambda answer: answer.status == 204):
        with window.expect_download() as download:
            window.get_by_role("button", name="Fetch it again").click()
        window.get_by_text("The download is complete").wait_for()

    assert download.value.path().read_bytes().startswith(b"%PDF-")
    open_link(window, link)
    assert "downloaded already" in window.locator("main").inner_text()
    assert window.get_by_role("button", name="Fetch it again").count() == 0


def test_without_script_the_browser_saves_the_file_itself(chromium, house, scene, link):
    context = chromium.new_context(base_url=house, java_script_enabled=False)
    page = context.new_page()
    open_link(page, link)

    assert "this page stays as it is" in page.locator("main").inner_text()
    with page.expect_download() as download:
        try_passcode(page, link.passcode)

    assert download.value.suggested_filename == f"{scene['ready'].number}.pdf"
    context.close()
