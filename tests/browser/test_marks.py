"""Who works on a request, in a browser: what changes by itself never changes under the pointer."""

import pytest

from accounts.models import User
from requests_release.services import marks
from tests.browser.conftest import faults_of
from tests.requests_release import builders, factories
from tests.requests_release.pages import page as page_of

pytestmark = pytest.mark.committed
ASKED_EVERY = 21_000


@pytest.fixture
def scene():
    unit = factories.make_unit()
    clerk = factories.make_user("CLERK", unit=unit, display_name="Rosa Delgado")
    patient = factories.make_patient(unit)
    document = factories.make_document(patient)
    return {
        "unit": unit,
        "clerk": clerk,
        "request": builders.prepared(patient, clerk, document, basis="508"),
    }


@pytest.fixture
def reader(sign_in, scene):
    """Ana, signed in, whose page asks for news when the test lets the time pass."""
    page = sign_in("CLERK")
    factories.grant(User.objects.get(username="ana"), scene["unit"])
    page.clock.install()
    return page


@pytest.mark.parametrize("view", ["", "?view=list"])
def test_the_list_changes_by_itself_but_never_under_pointer_or_keyboard(reader, scene, view):
    held, clerk = scene["request"], scene["clerk"]
    mark = reader.get_by_text("Rosa Delgado since")
    note = reader.get_by_text("The list has changed.")
    reader.goto(f"{page_of('request_board')}{view}")
    assert mark.count() == 0

    marks.take(actor=clerk, request=held)
    reader.mouse.move(2, 2)
    reader.clock.run_for(ASKED_EVERY)
    mark.wait_for()

    marks.let_go(actor=clerk, request_id=held.pk)
    reader.get_by_text(held.number).hover()
    reader.clock.run_for(ASKED_EVERY)
    note.wait_for()
    assert mark.count() == 1
    reader.mouse.move(2, 2)
    reader.clock.run_for(100)
    mark.wait_for(state="detached")
    assert note.count() == 0

    reader.keyboard.press("j")
    row = reader.evaluate("document.activeElement.textContent")
    marks.take(actor=clerk, request=held)
    reader.clock.run_for(ASKED_EVERY)
    note.wait_for()
    assert mark.count() == 0
    assert reader.evaluate("document.activeElement.textContent") == row
    reader.get_by_role("button", name="Show it").click()
    mark.wait_for()
    assert note.count() == 0
    assert reader.troubles == []


def test_the_pages_with_marks_break_no_rule_of_accessibility(reader, scene):
    held = scene["request"]
    marks.take(actor=scene["clerk"], request=held)
    for address in (
        page_of("request_board"),
        f"{page_of('request_board')}?view=list",
        page_of("request_items", held),
        page_of("request_take_over", held),
    ):
        reader.goto(address)
        assert (address, faults_of(reader)) == (address, [])

    reader.get_by_label("Why you take over").fill("Needed before noon")
    reader.get_by_role("button", name="Take over").click()
    reader.get_by_text("You have been working on this since").wait_for()
    assert faults_of(reader) == []


def test_what_was_typed_goes_on_after_taking_over_in_another_window(reader, scene):
    held = scene["request"]
    marks.take(actor=scene["clerk"], request=held)
    reader.goto(page_of("request_items", held))
    pages = reader.get_by_label("Pages of")
    pages.fill("1-2")

    reader.get_by_role("button", name="Save the choice").click()
    reader.get_by_text("Nothing is saved yet").wait_for()
    assert pages.input_value() == "1-2"
    with reader.context.expect_page() as opened:
        reader.get_by_role("link", name="Take over").click()
    other = opened.value
    other.get_by_label("Why you take over").fill("Needed before noon")
    other.get_by_role("button", name="Take over").click()
    other.get_by_text("You have been working on this since").wait_for()
    reader.get_by_role("button", name="Save the choice").click()

    reader.get_by_text("2 pages are chosen.").wait_for()
    assert held.items.get().pages == [1, 2]
