"""Who saw whom, page by page and as a stream."""

from functools import partial

import pytest

from audit import context
from audit.context import Origin
from audit.enums import Action, Outcome
from audit.selectors import pivots
from audit.selectors.events import Criteria
from audit.selectors.places import Place
from audit.services import events

pytestmark = pytest.mark.django_db

VIEWERS = partial(pivots.list_viewers, Criteria(patient_id=5))
PATIENTS = partial(pivots.list_seen_patients, Criteria(person_id=7))
SORTED = [
    *((VIEWERS, sort) for sort in pivots.VIEWER_ORDERS),
    *((PATIENTS, sort) for sort in pivots.PATIENT_ORDERS),
]


@pytest.fixture
def many():
    """Nine people, two of one name and two without a number, see patient 5; Ana sees nine more."""
    people = [Origin(n, f"Person {n % 7}", "CLERK", "r") for n in range(8, 14)]
    people += [Origin(7, "Ana Mills", "CLERK", "r"), context.system_origin()]
    people += [Origin(None, "anonymous", "ANONYMOUS", "r")]
    for number, person in enumerate(people):
        with context.acting(person):
            for _ in range(1 + number % 3):
                events.record(action=Action.CHART_OPENED, patient_id=5)
    with context.acting(people[6]):
        events.record(action=Action.PATIENTS_LISTED, patients=range(20, 26))
        for number in range(23, 29):
            events.record(action=Action.CHART_OPENED, patient_id=number)


@pytest.mark.goal("G-32")
@pytest.mark.parametrize("most", [1, 2, 4])
@pytest.mark.parametrize(("ask", "sort"), SORTED)
def test_pages_hold_every_line_once_in_order_both_ways(many, ask, sort, most):
    whole = ask(most=100, sort=sort)
    found, backwards = [], []

    page = ask(most=most, sort=sort)
    while True:
        found += page.lines
        if page.next is None:
            break
        page = ask(most=most, sort=sort, after=str(page.next))
    # The last page is not asked for again: what stands before it is.
    while page.previous is not None:
        page = ask(most=most, sort=sort, before=str(page.previous))
        backwards = [*page.lines, *backwards]

    assert (whole.previous, whole.next, len(whole.lines)) == (None, None, 10 - (ask is VIEWERS))
    assert found == whole.lines
    assert len(found) % most in (0, len(found) - len(backwards))
    assert backwards == found[: len(backwards)]


def test_a_page_is_the_same_from_either_side(many):
    first = VIEWERS(most=3)
    second = VIEWERS(most=3, after=str(first.next))
    third = VIEWERS(most=3, after=str(second.next))

    assert (third.next, third.previous is None) == (None, False)
    assert VIEWERS(most=3, before=str(third.previous)) == second
    assert VIEWERS(most=3, before=str(second.previous)) == first


def test_what_happens_meanwhile_moves_no_line_on_to_a_later_page(many):
    first = VIEWERS(most=3)
    with context.acting(Origin(9, "Person 2", "CLERK", "r")):
        events.record(action=Action.CHART_OPENED, patient_id=5)

    later = VIEWERS(most=9, after=str(first.next)).lines

    assert not set(map(str, first.lines)) & set(map(str, later))
    assert (len(later), 9 in [viewer.actor_id for viewer in later]) == (5, False)


def test_a_place_of_a_name_that_is_gone_begins_anew(many):
    whole = VIEWERS(most=100, sort="name").lines

    assert VIEWERS(most=100, sort="name", after=".4711").lines == whole


@pytest.mark.parametrize(
    ("text", "sort"),
    [
        ("", "-last"),
        ("7", "-last"),
        (".7", "-last"),
        ("x.7", "-count"),
        ("1.x", "-count"),
        ("1.7", "name"),
        ("9999999999999999999999999999.7", "-last"),
        (f"1.{'7' * 60}", "-count"),
        ("-1.7", "-count"),
    ],
)
def test_what_is_no_place_begins_anew(text, sort):
    assert Place.parse(text, sort) is None


@pytest.mark.parametrize(
    ("place", "sort"), [(Place(3, 7), "count"), (Place(5, -7), "-last"), (Place(None, 7), "-name")]
)
def test_a_place_stands_in_an_address_and_holds_no_name(place, sort):
    assert Place.parse(str(place), sort) == place


def test_a_place_no_number_can_hold_does_no_harm(many):
    far = f"{9 * 10**18}.{9 * 10**18}"

    assert VIEWERS(most=2, sort="-count", after=far).lines == VIEWERS(most=2, sort="-count").lines
    assert VIEWERS(most=2, sort="count", after=far).lines == []


@pytest.mark.parametrize("sort", ["-last", "-count", "first"])
def test_a_stream_holds_what_the_pages_hold(many, sort):
    viewers = pivots.stream_viewers(Criteria(patient_id=5), most=100, sort=sort, chunk=4)
    patients = pivots.stream_seen_patients(Criteria(person_id=7), most=100, sort=sort, chunk=4)

    chunks = [list(viewers), list(patients)]

    assert [[len(chunk) for chunk in found] for found in chunks] == [[4, 4, 1], [4, 4, 2]]
    assert [line for chunk in chunks[0] for line in chunk] == VIEWERS(most=100, sort=sort).lines
    assert [line for chunk in chunks[1] for line in chunk] == PATIENTS(most=100, sort=sort).lines


def test_refusals_are_counted_over_all_kinds(many):
    with context.acting(Origin(7, "Ana Mills", "CLERK", "r")):
        events.record(action=Action.CHART_OPENED, patient_id=5, outcome=Outcome.REFUSED)
        events.record(action=Action.DOCUMENT_VIEWED, patient_id=5, outcome=Outcome.FAILED)

    (line,) = (one for one in PATIENTS(most=100).lines if one.patient_id == 5)

    assert (line.count, line.refused_count) == (3, 2)
    assert line.actions == {"CHART_OPENED": 2, "DOCUMENT_VIEWED": 1}
