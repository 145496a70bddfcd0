"""The retention pages in a browser: no rule of accessibility broken, every step by keyboard."""

import re

import pytest
from django.urls import reverse

from accounts.models import User
from records.retention.models import Batch
from tests.browser.conftest import PASSWORD, faults_of
from tests.records.retention import factories as make

pytestmark = pytest.mark.committed


@pytest.fixture
def scene():
    """Charts that are due, held, proposed and destroyed."""
    house = make.House()
    held, due, gone, free = (house.patient() for _ in range(4))
    hold = make.make_hold(held, remind_on=make.date(2026, 12, 24))
    make.make_due_patient(house.unit, birth_on=None, birth_precision="UNKNOWN")
    scene = {"house": house, "held": held, "free": free, "gone": gone, "hold": hold}
    scene |= {"batch": house.proposed(due), "done": house.done(gone)}
    make.evaluations.evaluate()
    return scene


def page_of(name, **kwargs):
    return reverse(f"retention:{name}", kwargs=kwargs)


def addresses(scene):
    return [
        page_of("home"),
        f"{page_of('home')}?show=blocked",
        f"{page_of('home')}?show=all&year=2031",
        page_of("chart_explain", patient_id=scene["held"].pk),
        page_of("stub_detail", patient_id=scene["gone"].pk),
        page_of("rule_list"),
        f"{page_of('rule_list')}?state=TX",
        page_of("rule_detail", rule_id=scene["house"].rule.pk),
        page_of("rule_change", rule_id=scene["house"].rule.pk),
        page_of("hold_list"),
        page_of("hold_detail", hold_id=scene["hold"].pk),
        page_of("hold_place"),
        page_of("hold_lift", hold_id=scene["hold"].pk),
        page_of("batch_list"),
        page_of("batch_detail", batch_id=scene["batch"].pk),
        page_of("batch_detail", batch_id=scene["done"].pk),
        page_of("batch_cancel", batch_id=scene["batch"].pk),
        f"{page_of('batch_propose')}?chart={scene['free'].pk}&chart={scene['held'].pk}",
    ]


def let_in(page, scene, *roles):
    make.grant(User.objects.get(username="ana"), scene["house"].unit)
    return page


def test_pages_break_no_rule_of_accessibility(sign_in, scene):
    page = let_in(sign_in("SUPERVISOR", "COMPLIANCE"), scene)

    found = {}
    for address in addresses(scene):
        assert page.goto(address).status == 200, address
        found[address] = faults_of(page)

    assert {address: faults for address, faults in found.items() if faults} == {}
    assert page.troubles == []


def test_rows_without_a_box_stand_under_the_same_words_as_the_others(sign_in, scene):
    page = let_in(sign_in("SUPERVISOR"), scene)
    page.set_viewport_size({"width": 800, "height": 900})
    page.goto(f"{page_of('home')}?show=all")
    rows = page.locator("tr[data-row]").all()
    labels = ("Due from", "Patient", "Born", "MRN")

    left = {
        (row.locator("input").count() > 0, label): row.locator(
            f"td[data-label='{label}']"
        ).bounding_box()["x"]
        for row in rows
        for label in labels
    }

    assert [left[False, label] for label in labels] == [left[True, label] for label in labels]


def test_charts_are_proposed_from_the_list_and_approved_after_signing_in_again(
    sign_in, scene, window
):
    house = scene["house"]
    page = let_in(sign_in("SUPERVISOR"), scene)
    page.goto(page_of("home"))
    page.get_by_label(f"Choose {scene['free'].mrn[:2]}", exact=False).check()
    page.get_by_role("button", name="Propose the chosen").click()
    page.get_by_role("button", name="Propose 1 chart").click()
    page.wait_for_url(re.compile(r"/retention/batches/\d+/$"))
    own = Batch.objects.latest("pk")
    assert own.items.get().patient_id == scene["free"].pk
    assert "You proposed this batch, so others approve it." in page.content()

    other = house.proposed(house.patient())
    page.goto(page_of("batch_detail", batch_id=other.pk))
    page.get_by_role("link", name="Approve").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name=re.compile("Confirm|Sign in|Continue")).first.click()
    page.get_by_role("button", name="Approve").click()
    page.wait_for_url(page_of("batch_detail", batch_id=other.pk))

    assert make.seen(other).status == "FIRST_APPROVED"
    assert page.troubles == []
