"""Documents in a browser: pages turned by keys, files sent, loose files filed one after another."""

import pytest
from django.urls import reverse

from accounts.models import User
from records.access.enums import UnitRight
from records.documents.models import Document, UnfiledFile
from records.documents.services import corrections, filing
from tests.browser.conftest import broken_rules, faults_of
from tests.records.documents import house as make
from tests.records.documents.conftest import vault  # noqa: F401
from tests.records.documents.house import events_of, pdf

pytestmark = pytest.mark.committed


@pytest.fixture
def scene(house, vault):  # noqa: F811
    """A chart with documents of each look, and two loose files."""
    scene = make.House()
    scene.document = scene.filed("One", "Two", "Three")
    scene.voided = scene.filed("Old", sensitivity=make.PROTECTED)
    filing.replace(
        actor=scene.guardian,
        document_id=scene.voided.pk,
        lock_version=1,
        upload=pdf("New"),
        reason="Page missing",
    )
    corrections.void(
        actor=scene.guardian, document_id=scene.voided.pk, lock_version=2, reason="By mistake"
    )
    scene.first, scene.second = scene.received("First"), scene.received("Second")
    return scene


@pytest.fixture
def page(sign_in, scene):
    """A supervisor of the unit at the screen."""
    page = sign_in("SUPERVISOR")
    for right in UnitRight:
        make.grant(User.objects.get(username="ana"), scene.unit, right)
    return page


def at(name, **kwargs):
    return reverse(f"documents:{name}", kwargs=kwargs)


def viewed():
    return [event["detail"].get("page") for event in events_of("DOCUMENT_PAGE_VIEWED")]


def addresses(scene):
    document, voided, loose = scene.document.pk, scene.voided.pk, scene.first.pk
    return [
        at("document_view", document_id=document),
        at("document_view", document_id=voided) + "?version=1",
        at("document_change", document_id=document),
        at("document_replace", document_id=document),
        at("document_move", document_id=document),
        at("document_move", document_id=document) + "?q=Okafor",
        at("document_move", document_id=document) + f"?patient={scene.other.pk}",
        at("document_void", document_id=document),
        at("document_restore", document_id=voided),
        at("document_file", patient_id=scene.patient.pk),
        at("unfiled_list"),
        at("unfiled_file", unfiled_id=loose),
        at("unfiled_file", unfiled_id=loose) + "?q=Mu",
        at("unfiled_file", unfiled_id=loose) + f"?patient={scene.patient.pk}",
        at("unfiled_discard", unfiled_id=loose),
    ]


def test_pages_break_no_rule_of_accessibility(page, scene):
    for address in addresses(scene):
        page.goto(address)
        assert (address, faults_of(page)) == (address, [])
    assert page.troubles == []


def test_pages_are_turned_by_keys_and_each_is_an_event_once(page, scene):
    page.goto(at("document_view", document_id=scene.document.pk))
    field = page.get_by_label("Page", exact=False).locator("visible=true").first
    stage = page.locator("[data-stage]")

    page.get_by_alt_text("Blood count, page 1 of 3").wait_for()
    for key, alt in [
        ("ArrowRight", "page 2"),
        ("End", "page 3"),
        ("ArrowLeft", "page 2"),
        ("Home", "page 1"),
        ("PageDown", "page 2"),
        ("PageUp", "page 1"),
    ]:
        page.keyboard.press(key)
        stage.get_by_alt_text(alt).wait_for()

    assert viewed() == [1, 2, 3]
    assert field.is_visible()
    assert page.troubles == []


def test_close_look_asks_for_a_finer_picture_once(page, scene):
    page.goto(at("document_view", document_id=scene.document.pk))
    page.get_by_alt_text("page 1 of 3").first.wait_for()

    with page.expect_response(lambda response: "sharp=1" in response.url):
        for _ in range(4):
            page.get_by_role("button", name="Zoom in").click()
    page.wait_for_function("() => document.querySelector('[data-stage] img').naturalWidth > 1500")
    page.keyboard.press("r")
    page.wait_for_function(
        "() => document.querySelector('[data-stage] img').style.rotate === '90deg'"
    )

    details = [event["detail"] for event in events_of("DOCUMENT_PAGE_VIEWED")]
    assert details == [{"version": 1, "page": 1}, {"version": 1, "page": 1, "sharp": True}]


def test_thumbnails_are_drawn_and_no_events_of_their_own(page, scene):
    page.goto(at("document_view", document_id=scene.document.pk))

    page.wait_for_function(
        "() => [...document.querySelectorAll('.viewer-thumb img')]"
        ".every(one => one.naturalWidth > 0)"
    )

    assert viewed() == [1]


def test_viewer_without_script_has_links_to_turn_pages(chromium, house, page, scene):
    cookies = page.context.cookies()
    context = chromium.new_context(base_url=house, java_script_enabled=False)
    context.add_cookies(cookies)
    plain = context.new_page()

    plain.goto(at("document_view", document_id=scene.document.pk))
    plain.get_by_role("link", name="Next page").click()

    assert plain.locator("[data-stage] img").get_attribute("alt") == "Blood count, page 2 of 3"
    plain.get_by_role("link", name="Previous page").wait_for()
    context.close()


def test_overtaken_step_says_who_was_faster_and_goes_through_when_sent_again(page, scene):
    page.goto(at("document_void", document_id=scene.document.pk))
    page.get_by_label("Reason").fill("Filed twice")
    corrections.change(
        actor=scene.guardian,
        document_id=scene.document.pk,
        lock_version=1,
        facts=make.facts(title="Stored by somebody else"),
    )

    page.keyboard.press("Control+Enter")
    page.get_by_text(f"{scene.guardian.display_name} changed this document").wait_for()
    assert page.get_by_label("Reason").input_value() == "Filed twice"
    page.keyboard.press("Control+Enter")
    page.get_by_text("Voided", exact=True).wait_for()

    scene.document.refresh_from_db()
    assert scene.document.status == "VOIDED"
    assert page.troubles == []


def test_overtaken_file_is_kept_in_the_page_and_named(page, scene):
    page.goto(at("document_replace", document_id=scene.document.pk))
    choose(page, pdf("Newer").content)
    page.get_by_label("Why").fill("Page missing")
    corrections.change(
        actor=scene.guardian,
        document_id=scene.document.pk,
        lock_version=1,
        facts=make.facts(title="Stored by somebody else"),
    )

    page.keyboard.press("Control+Enter")
    page.get_by_text("Nothing was saved").wait_for()

    assert page.get_by_label("Why").input_value() == "Page missing"
    assert scene.document.versions.count() == 1
    assert page.troubles == []


def test_file_that_is_refused_leaves_what_was_typed(page, scene):
    page.goto(at("document_file", patient_id=scene.patient.pk))
    choose(page, b"not a document at all")
    page.get_by_label("Type").select_option("LAB")
    page.get_by_label("Title").fill("Lipids")
    page.keyboard.press("Control+Enter")
    page.get_by_text("Only PDF, TIFF, JPEG and PNG files can be filed").first.wait_for()
    assert page.get_by_label("Title").input_value() == "Lipids"

    choose(page, pdf("Lipids").content)
    page.keyboard.press("Control+Enter")
    page.get_by_text("Filed to MUÑOZ, Rosa").wait_for()

    assert Document.objects.latest("pk").title == "Lipids"
    assert page.troubles == []


def test_file_that_is_fit_stays_chosen_where_something_else_is_wrong(page, scene):
    page.goto(at("document_file", patient_id=scene.patient.pk))
    choose(page, pdf("Lipids").content)
    page.keyboard.press("Control+Enter")
    page.get_by_text("Choose a type of document.").first.wait_for()

    assert page.get_by_label("File").evaluate("field => field.files[0].name") == "report.pdf"
    page.get_by_label("Type").select_option("LAB")
    page.keyboard.press("Control+Enter")
    page.get_by_text("Filed to MUÑOZ, Rosa").wait_for()
    assert page.troubles == []


def choose(page, content):
    page.get_by_label("File").set_input_files(
        {"name": "report.pdf", "mimeType": "application/pdf", "buffer": content}
    )


def test_loose_files_are_filed_one_after_the_other_by_keyboard(page, scene):
    page.goto(at("unfiled_list"))
    page.keyboard.press("s")
    page.get_by_label("Find the patient").fill(scene.patient.mrn)
    page.keyboard.press("Enter")
    page.get_by_label("Type").select_option("LAB")
    page.keyboard.press("Control+Enter")
    page.get_by_text("Filed to MUÑOZ, Rosa").wait_for()
    page.keyboard.press("F2")
    page.get_by_label("Type").wait_for()
    assert page.get_by_label("Type").input_value() == "LAB"
    page.keyboard.press("Control+Enter")
    page.get_by_text("Nothing waits").wait_for()

    filed = list(UnfiledFile.objects.values_list("status", "document__patient_id"))
    assert filed == [("FILED", scene.patient.pk)] * 2
    assert page.troubles == []


def test_several_files_are_received_and_the_bad_one_is_named(page, scene):
    page.goto(at("unfiled_list"))
    files = [("good.pdf", pdf("Another").content), ("bad.pdf", b"nothing of use")]
    page.locator("#id_uploads").set_input_files(
        [
            {"name": name, "mimeType": "application/pdf", "buffer": content}
            for name, content in files
        ]
    )
    page.get_by_role("button", name="Add").click()

    page.get_by_text("1 not taken").wait_for()
    assert page.get_by_role("link", name="good.pdf").is_visible()
    assert page.get_by_text("bad.pdf").is_visible()
    assert page.troubles == []


def file_first(page, scene):
    page.goto(at("unfiled_file", unfiled_id=scene.first.pk) + f"?patient={scene.patient.pk}")
    page.get_by_label("Type").select_option("LAB")
    page.keyboard.press("Control+Enter")
    page.get_by_text("Filed to MUÑOZ, Rosa").wait_for()


def test_filing_is_undone_by_keyboard_from_the_line_that_tells_of_it(page, scene):
    file_first(page, scene)
    assert broken_rules(page) == []

    page.keyboard.press("Alt+u")
    page.get_by_text("The filing is undone: the file waits again.").wait_for()

    row = UnfiledFile.objects.filter(status="WAITING").latest("pk")
    assert page.url.endswith(at("unfiled_file", unfiled_id=row.pk))
    assert Document.objects.latest("pk").status == "VOIDED"
    assert page.troubles == []


def test_way_back_goes_when_its_time_is_over(page, scene):
    page.clock.install()
    file_first(page, scene)
    undo = page.get_by_role("button", name="Undo")
    page.clock.run_for(2000)
    assert undo.is_visible()

    page.clock.fast_forward(300_000)

    undo.wait_for(state="detached")
    assert page.get_by_text("Filed to MUÑOZ, Rosa").is_visible()
