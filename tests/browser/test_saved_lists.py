"""Filters of a list are kept under a name in a browser: by keyboard alone, with scripts or not."""

import pytest

from accounts.models import SavedList
from tests.browser.conftest import broken_rules, type_sign_in

pytestmark = pytest.mark.committed
LATE = "/release/?due=late"


@pytest.fixture
def windows(chromium, house, make_person):
    """Make a window in which a clerk is signed in, with or without scripts."""
    made = []

    def make(*, has_scripts):
        context = chromium.new_context(base_url=house, java_script_enabled=has_scripts)
        made.append(context)
        page = context.new_page()
        page.goto("/sign-in/login/")
        type_sign_in(page, "rosa")
        page.wait_for_url("/")
        return page

    make_person("rosa", "CLERK")
    yield make
    for context in made:
        context.close()


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


@pytest.mark.parametrize("has_scripts", [True, False])
def test_filters_are_saved_by_keyboard_alone_and_the_list_opens_with_them(windows, has_scripts):
    page = windows(has_scripts=has_scripts)
    page.goto(LATE)

    page.locator(".saved-lists > summary").press("Enter")
    page.get_by_role("link", name="All, no filters").focus()
    press(page, "Tab")
    page.keyboard.type("Late")
    press(page, "Tab", "Tab", "Space", "Tab", "Enter")
    page.get_by_text("The filters are saved.").wait_for()

    (row,) = SavedList.objects.all()
    assert (row.name, row.query, row.is_shared, row.is_default) == ("Late", "due=late", False, True)
    page.goto("/release/")
    assert page.url.endswith(LATE)
    page.get_by_role("link", name="Clear all").press("Enter")
    page.wait_for_url("/release/?list=all")
    page.locator(".saved-lists > summary").press("Enter")
    page.get_by_role("link", name="Late", exact=True).press("Enter")
    page.wait_for_url(LATE)


def test_open_control_and_its_page_break_no_rule_of_access(sign_in):
    page = sign_in("CLERK")
    page.goto(LATE)
    page.locator(".saved-lists > summary").click()
    page.get_by_label("Name", exact=True).fill("Late")
    found = broken_rules(page)
    page.get_by_role("button", name="Save", exact=True).click()
    page.locator(".saved-lists > summary").click()
    found += broken_rules(page)
    page.get_by_role("link", name="Change Late").click()
    page.get_by_role("heading", name="Late").wait_for()
    found += broken_rules(page)

    assert found == []
    assert page.troubles == []
