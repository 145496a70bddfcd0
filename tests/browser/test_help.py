"""Help in a browser: F1 from any place, the panel beside the page, the dot until news are read."""

import pytest
from django.urls import reverse

from config.help import guides
from tests.browser.conftest import broken_rules, faults_of

pytestmark = pytest.mark.committed
FORM = reverse("account_change_password")
NEWS = reverse("help_guide", kwargs={"guide": "whats-new"})


def _titles(page):
    return page.locator("#help-panel section h2").all_inner_texts()


def _open(page):
    page.keyboard.press("F1")
    page.locator("#help-panel section").first.wait_for()


def test_help_opens_while_one_types_and_gives_the_place_back(sign_in):
    page = sign_in("CLERK")
    page.goto(FORM)
    field = page.locator("[name=oldpassword]")
    field.fill("half typed")

    _open(page)
    assert _titles(page) == ["Change your password"]
    assert page.evaluate("document.activeElement.closest('#help-panel') !== null")
    assert page.locator("#help-panel a").first.get_attribute("target") == "_blank"
    assert broken_rules(page) == []
    page.keyboard.press("Escape")
    assert not page.locator("#help-panel[open]").count()
    assert field.evaluate("field => field === document.activeElement")
    assert field.input_value() == "half typed"

    page.keyboard.press("F1")
    page.locator("#help-panel[open]").wait_for()
    page.keyboard.press("F1")
    assert not page.locator("#help-panel[open]").count()
    assert page.url.endswith(FORM)
    assert page.troubles == []


def test_help_opens_over_a_dialog_and_leaves_it_open(sign_in):
    page = sign_in("CLERK")
    page.keyboard.press("?")
    page.locator("#keys-help[open]").wait_for()
    keys = [" ".join(line.split()) for line in page.locator("#keys-help li").all_inner_texts()]
    assert "Help for this page F1" in keys

    _open(page)
    assert _titles(page) == ["Your work"]
    page.keyboard.press("F1")

    assert not page.locator("#help-panel[open]").count()
    assert page.locator("#keys-help[open]").count() == 1


def test_help_says_so_where_the_server_does_not_answer_and_comes_later(sign_in):
    page = sign_in("CLERK")
    page.route("**/help/screen/**", lambda route: route.abort())

    page.keyboard.press("F1")
    page.get_by_text("Help cannot be reached just now.").wait_for()
    page.keyboard.press("Escape")
    page.unroute("**/help/screen/**")
    _open(page)

    assert _titles(page) == ["Your work"]


def test_dot_stays_until_the_news_were_shown(sign_in):
    page = sign_in("CLERK")
    dot = page.locator(".help-entry [data-news-dot]")
    assert dot.is_visible()
    assert page.get_by_role("link", name="Help : something is new").count() == 1

    page.locator(".help-entry").click()
    page.locator("#help-panel section").first.wait_for()
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="What is new").click()
    opened.value.wait_for_url(f"**{NEWS}")

    dot.wait_for(state="hidden")
    assert page.evaluate("Object.entries(localStorage)") == [["news", guides.latest_news()]]
    page.goto("/")
    assert not dot.is_visible()


def test_guides_break_no_rule_of_accessibility(sign_in):
    page = sign_in("SUPERVISOR")
    for name in ("supervisor", "glossary", "whats-new"):
        address = reverse("help_guide", kwargs={"guide": name})
        page.goto(address)
        assert (address, faults_of(page)) == (address, [])
    assert page.troubles == []


def test_links_of_a_guide_lead_to_their_heading(sign_in):
    page = sign_in("SUPERVISOR")
    page.goto(reverse("help_index"))

    page.get_by_role("link", name="a clerk's work").click()
    page.wait_for_url("**/help/clerk/")
    page.get_by_role("link", name="minimum necessary").click()
    page.wait_for_url("**/help/glossary/#minimum-necessary")

    page.wait_for_function(
        """() => {
          const top = document.querySelector(":target h2").getBoundingClientRect().top;
          return top >= document.querySelector(".topbar").offsetHeight && top < 120;
        }"""
    )


def test_guide_is_printed_without_the_frame_and_its_index(sign_in):
    page = sign_in("CLERK")
    page.goto(reverse("help_index"))

    page.emulate_media(media="print")

    assert page.locator(".guide h2").first.is_visible()
    for hidden in (".guide-index", ".sidebar", ".topbar"):
        assert not page.locator(hidden).is_visible()
    assert page.pdf()[:5] == b"%PDF-"


def test_help_without_scripts_is_a_page(chromium, house, sign_in):
    page = sign_in("CLERK")
    context = chromium.new_context(base_url=house, java_script_enabled=False)
    context.add_cookies(page.context.cookies())
    plain = context.new_page()

    plain.goto(FORM)
    plain.get_by_role("link", name="Help").click()

    plain.wait_for_url("**/help/screen/**")
    assert plain.get_by_role("heading", name="Change your password").is_visible()
    context.close()
