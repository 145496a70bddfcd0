"""A list leaves in a browser: by keyboard alone, with scripts and without, as often as wanted."""

import pytest

from audit.enums import Action
from audit.models import Event
from tests.browser.conftest import PASSWORD, broken_rules, type_sign_in

pytestmark = pytest.mark.committed
LOG = "/log/?outcome=SUCCESS"


def prove(page):
    """From the log to the page of its export, past the proof, without a pointer."""
    page.goto(LOG)
    page.get_by_role("link", name="Export").press("Enter")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Password").press("Enter")
    page.wait_for_url("/log/export/?outcome=SUCCESS")


@pytest.fixture
def windows(chromium, house, make_person):
    """Make a window in which a compliance officer is signed in, with or without scripts."""
    made = []

    def make(*, has_scripts):
        context = chromium.new_context(base_url=house, java_script_enabled=has_scripts)
        made.append(context)
        page = context.new_page()
        page.goto("/sign-in/login/")
        type_sign_in(page, "cora")
        page.wait_for_url("/")
        return page

    make_person("cora", "COMPLIANCE")
    yield make
    for context in made:
        context.close()


@pytest.mark.parametrize("has_scripts", [True, False])
def test_the_log_leaves_by_keyboard_alone_and_again(windows, has_scripts):
    page = windows(has_scripts=has_scripts)
    prove(page)

    page.get_by_label("Excel workbook").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("Oversight")
    page.keyboard.press("Tab")
    names = []
    for _ in range(2):
        with page.expect_download() as download:
            page.keyboard.press("Enter")
        names.append(download.value.suggested_filename.rpartition(".")[2])
    page.get_by_role("link", name="Back to the list").press("Enter")
    page.wait_for_url(LOG)

    exported = Event.objects.filter(action=Action.LOG_EXPORTED)
    assert names == ["csv", "csv"]
    assert (
        list(exported.values_list("purpose", "detail__kind", "detail__outcome"))
        == [("OVERSIGHT", "csv", "SUCCESS")] * 2
    )


def test_what_is_missing_is_found_at_once_and_no_rule_is_broken(sign_in):
    page = sign_in("COMPLIANCE")
    prove(page)
    broken = broken_rules(page)

    page.get_by_role("button", name="Export").click()
    page.get_by_role("heading", name="There is a problem").wait_for()
    broken += broken_rules(page)
    page.emulate_media(color_scheme="dark")
    broken += broken_rules(page)

    assert page.evaluate("document.activeElement.matches('[data-autofocus]')")
    assert page.title().startswith("Error: ")
    page.get_by_label("Purpose of use").select_option("OVERSIGHT")
    with page.expect_download():
        page.get_by_role("button", name="Export").click()
    assert page.locator(".error-summary, .errorlist, [aria-invalid], .is-invalid").count() == 0
    assert not page.title().startswith("Error: ")
    assert (broken, page.troubles) == ([], [])
