from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.encounters.errors import DatesRefused
from records.encounters.rules import dates

NOW = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def start_refusal(start, **change):
    known = {
        "started_on": start.date(),
        "now": NOW,
        "born_on": None,
        "died_on": None,
        "is_planned": False,
    }
    try:
        dates.check_start(start, **(known | change))
    except DatesRefused as refused:
        return refused.field, refused.message
    return None


@pytest.mark.parametrize(
    ("start", "change", "message"),
    [
        (NOW, {}, None),
        (NOW + 15 * MINUTE, {}, None),
        (NOW + 16 * MINUTE, {}, "This lies in the future."),
        (NOW + timedelta(days=730), {"is_planned": True}, None),
        (NOW + timedelta(days=731), {"is_planned": True}, "This lies in the future."),
        (NOW, {"born_on": date(2026, 11, 22)}, None),
        (NOW, {"born_on": date(2026, 11, 23)}, "This lies before the patient's birth."),
        (NOW, {"died_on": date(2026, 11, 22)}, None),
        (NOW, {"died_on": date(2026, 11, 21)}, "This lies after the patient's death."),
    ],
)
def test_a_start_lies_within_life_and_not_in_the_future(start, change, message):
    expected = ("started_at", message) if message else None

    assert start_refusal(start, **change) == expected


def test_the_day_of_the_facility_counts_not_that_of_the_clock():
    evening_in_new_york = datetime(2026, 3, 4, 1, 0, tzinfo=UTC)
    facts = {"started_on": date(2026, 3, 3), "died_on": date(2026, 3, 3)}

    assert start_refusal(evening_in_new_york, **facts) is None


START = NOW - timedelta(days=3)


@pytest.mark.parametrize(
    ("end", "last_move", "message"),
    [
        (START, None, None),
        (START - MINUTE, None, "The discharge lies before the admission."),
        (NOW, START + MINUTE, None),
        (START + MINUTE, START + MINUTE, None),
        (START + MINUTE, START + 2 * MINUTE, "The discharge lies before the last transfer."),
        (NOW + 15 * MINUTE, None, None),
        (NOW + 16 * MINUTE, None, "This lies in the future."),
    ],
)
def test_a_discharge_follows_admission_and_transfers(end, last_move, message):
    if message is None:
        dates.check_end(START, end, now=NOW, last_move=last_move)
    else:
        with pytest.raises(DatesRefused, match=message) as refused:
            dates.check_end(START, end, now=NOW, last_move=last_move)
        assert refused.value.field == "ended_at"


@pytest.mark.parametrize(
    ("moved", "last_move", "message"),
    [
        (START, None, None),
        (START - MINUTE, None, "The transfer lies before the admission."),
        (START + MINUTE, START + MINUTE, None),
        (START + MINUTE, START + 2 * MINUTE, "The transfer lies before the one before it."),
        (NOW + 15 * MINUTE, None, None),
        (NOW + 16 * MINUTE, None, "This lies in the future."),
    ],
)
def test_a_transfer_lies_within_the_stay_and_in_order(moved, last_move, message):
    if message is None:
        dates.check_move(START, moved, now=NOW, last_move=last_move)
    else:
        with pytest.raises(DatesRefused, match=message) as refused:
            dates.check_move(START, moved, now=NOW, last_move=last_move)
        assert refused.value.field == "moved_at"


@pytest.mark.parametrize("check", [dates.check_end, dates.check_move])
def test_refusals_of_a_visit_speak_of_a_visit(check):
    with pytest.raises(DatesRefused, match="lies before the visit began"):
        check(START, START - MINUTE, now=NOW, last_move=None, is_visit=True)


SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("typed", "earlier", "taken"),
    [
        (START, [START], START),
        (START, [START + 40 * SECOND], START + 40 * SECOND),
        (START, [START + 59 * SECOND, START + 20 * SECOND], START + 59 * SECOND),
        (START, [START + 40 * SECOND, None], START + 40 * SECOND),
        (START - MINUTE, [START + 40 * SECOND], START - MINUTE),
        (START, [START + MINUTE], START),
        (START + MINUTE, [START + 40 * SECOND], START + MINUTE),
    ],
)
def test_a_typed_minute_is_not_before_what_happened_within_it(typed, earlier, taken):
    assert dates.not_before(typed, *earlier) == taken


def test_a_moment_is_kept_to_the_minute():
    at = datetime(2026, 11, 22, 15, 7, 59, 999, tzinfo=UTC)

    assert dates.to_minute(at) == datetime(2026, 11, 22, 15, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("admitted_on", "discharged_on", "days"),
    [
        (date(2026, 5, 3), date(2026, 5, 7), 4),
        (date(2026, 5, 3), date(2026, 5, 3), 1),
        (date(2026, 5, 3), date(2026, 5, 4), 1),
        (date(2024, 2, 28), date(2024, 3, 1), 2),
        (date(2025, 12, 31), date(2026, 1, 1), 1),
    ],
)
def test_length_of_stay_counts_nights_and_the_same_day_as_one(admitted_on, discharged_on, days):
    assert dates.length_of_stay(admitted_on, discharged_on) == days


@given(st.dates(date(2000, 1, 1), date(2030, 1, 1)), st.integers(0, 4000))
def test_length_of_stay_is_never_below_one(admitted_on, nights):
    stay = dates.length_of_stay(admitted_on, admitted_on + timedelta(days=nights))

    assert stay == (nights or 1)
