from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.patients.enums import BirthPrecision
from records.patients.rules import birth
from records.patients.rules.birth import Age, BirthFinding

TODAY = date(2026, 11, 22)
DAY, MONTH, YEAR = BirthPrecision.DAY, BirthPrecision.MONTH, BirthPrecision.YEAR
ESTIMATED, UNKNOWN = BirthPrecision.ESTIMATED, BirthPrecision.UNKNOWN


@pytest.mark.parametrize(
    ("born_on", "precision", "died_on", "expected"),
    [
        (date(1961, 3, 4), DAY, None, []),
        (TODAY, DAY, None, []),
        (date(2026, 11, 23), DAY, None, [BirthFinding.IN_FUTURE]),
        (date(1901, 11, 21), DAY, None, [BirthFinding.TOO_LONG_AGO]),
        (date(1901, 11, 22), DAY, None, []),
        (date(1961, 3, 4), DAY, date(1961, 3, 3), [BirthFinding.AFTER_DEATH]),
        (date(1961, 3, 4), DAY, date(1961, 3, 4), []),
        (date(1961, 12, 1), YEAR, date(1961, 3, 3), []),
        (date(1961, 1, 1), DAY, None, [BirthFinding.FIRST_OF_JANUARY]),
        (date(1961, 1, 1), YEAR, None, []),
        (date(1961, 1, 1), ESTIMATED, None, []),
        (None, DAY, None, [BirthFinding.MISSING]),
        (None, UNKNOWN, None, []),
        (date(1961, 3, 4), UNKNOWN, None, [BirthFinding.NOT_WANTED]),
    ],
)
def test_findings_name_what_is_wrong(born_on, precision, died_on, expected):
    assert birth.findings(born_on, precision, today=TODAY, died_on=died_on) == expected


def test_only_the_first_of_january_may_be_confirmed():
    confirmable = [finding for finding in BirthFinding if not finding.is_error]

    assert confirmable == [BirthFinding.FIRST_OF_JANUARY]


@pytest.mark.parametrize(
    ("precision", "earliest", "latest"),
    [
        (DAY, date(2024, 2, 10), date(2024, 2, 10)),
        (MONTH, date(2024, 2, 1), date(2024, 2, 29)),
        (YEAR, date(2024, 1, 1), date(2024, 12, 31)),
        (ESTIMATED, date(2024, 1, 1), date(2024, 12, 31)),
    ],
)
def test_precision_gives_the_days_of_birth(precision, earliest, latest):
    born_on = date(2024, 2, 10)

    assert birth.earliest_day(born_on, precision) == earliest
    assert birth.latest_day(born_on, precision) == latest


@pytest.mark.parametrize(
    ("born_on", "day", "expected"),
    [
        (date(1961, 3, 4), date(2026, 3, 3), Age(64, 11, 27)),
        (date(1961, 3, 4), date(2026, 3, 4), Age(65, 0, 0)),
        (date(2004, 2, 29), date(2022, 2, 28), Age(17, 11, 30)),
        (date(2004, 2, 29), date(2022, 3, 1), Age(18, 0, 0)),
        (date(2026, 1, 31), date(2026, 2, 28), Age(0, 0, 28)),
        (date(2026, 1, 31), date(2026, 3, 1), Age(0, 1, 0)),
        (date(2025, 12, 31), date(2026, 1, 1), Age(0, 0, 1)),
        (date(2026, 1, 2), date(2026, 1, 1), None),
    ],
)
def test_age_counts_completed_units(born_on, day, expected):
    assert birth.age_on(born_on, day) == expected


@given(st.dates(date(1900, 1, 1), date(2030, 1, 1)), st.dates(date(1900, 1, 1), date(2030, 1, 1)))
def test_age_is_never_negative_and_grows_with_time(born_on, day):
    age = birth.age_on(born_on, day)

    if day < born_on:
        assert age is None
    else:
        assert age.years == day.year - born_on.year - (
            (day.month, day.day) < (born_on.month, born_on.day)
        )
        assert 0 <= age.months < 12
        assert 0 <= age.days <= 30


@pytest.mark.parametrize(
    ("born_on", "precision", "expected"),
    [
        (date(2026, 11, 22), DAY, "0 d"),
        (date(2026, 10, 26), DAY, "27 d"),
        (date(2026, 10, 25), DAY, "4 wk"),
        (date(2026, 8, 22), DAY, "3 mo"),
        (date(2026, 8, 23), DAY, "13 wk"),
        (date(2024, 11, 23), DAY, "23 mo"),
        (date(2024, 11, 22), DAY, "2 y"),
        (date(1961, 3, 4), DAY, "65 y"),
        (date(1986, 1, 1), ESTIMATED, "~40 y"),
        (date(1961, 3, 4), UNKNOWN, ""),
        (date(2026, 11, 23), DAY, ""),
        (None, DAY, ""),
    ],
)
def test_age_text_fits_the_age(born_on, precision, expected):
    assert birth.age_text(born_on, TODAY, precision) == expected


@pytest.mark.parametrize(
    ("born_on", "precision", "expected"),
    [
        (date(1961, 3, 4), DAY, "Mar 4, 1961"),
        (date(1961, 3, 1), MONTH, "Mar 1961"),
        (date(1961, 1, 1), YEAR, "1961"),
        (date(1986, 1, 1), ESTIMATED, "about 1986"),
        (None, UNKNOWN, "birth date unknown"),
    ],
)
def test_birth_text_is_no_more_exact_than_known(born_on, precision, expected):
    assert birth.birth_text(born_on, precision) == expected
