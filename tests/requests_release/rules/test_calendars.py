from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from requests_release.rules import calendars

FRIDAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("start", "count", "holidays", "expected"),
    [
        (FRIDAY, 0, set(), FRIDAY),
        (FRIDAY, 1, set(), date(2026, 11, 23)),
        (date(2026, 11, 21), 1, set(), date(2026, 11, 23)),
        (FRIDAY, 5, set(), date(2026, 11, 27)),
        (FRIDAY, 5, {date(2026, 11, 26)}, date(2026, 11, 30)),
        (FRIDAY, 1, {date(2026, 11, 21), date(2026, 11, 22)}, date(2026, 11, 23)),
    ],
)
def test_working_days_skip_weekends_and_holidays(start, count, holidays, expected):
    assert calendars.add_working_days(start, count, holidays) == expected


@given(
    st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    st.integers(1, 40),
    st.sets(st.dates(date(2020, 1, 1), date(2030, 12, 31)), max_size=30),
)
def test_working_days_are_counted_one_by_one(start, count, holidays):
    end = calendars.add_working_days(start, count, holidays)

    days = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]
    worked = [day for day in days if day.isoweekday() <= 5 and day not in holidays]
    assert len(worked) == count
    assert worked[-1] == end


@pytest.mark.parametrize(
    ("start", "count", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2024, 2, 29), -72, date(2018, 2, 28)),
        (date(2026, 1, 10), 12, date(2027, 1, 10)),
        (date(2026, 1, 10), 0, date(2026, 1, 10)),
        (date(2026, 12, 10), 1, date(2027, 1, 10)),
        (date(2026, 1, 10), -1, date(2025, 12, 10)),
    ],
)
def test_months_end_on_the_last_day_where_the_day_is_missing(start, count, expected):
    assert calendars.add_months(start, count) == expected
