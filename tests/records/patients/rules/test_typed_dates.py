from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.patients.enums import BirthPrecision
from records.patients.rules import typed_dates
from records.patients.rules.typed_dates import TypedDate

TODAY = date(2026, 11, 22)


def days(*found):
    return tuple(TypedDate(day, day, BirthPrecision.DAY) for day in found)


@pytest.mark.parametrize(
    "text",
    [
        "3/14/1961",
        "03/14/1961",
        "3-14-1961",
        "3.14.1961",
        "14 Mar 1961",
        "14 march 1961",
        "Mar 14, 1961",
        "March 14th 1961",
        "14-Mar-1961",
        "14mar1961",
        "Mar 14 61",
        "3/14/61",
        "1961-03-14",
        "1961/3/14",
        "1961 Mar 14",
        "03141961",
        "19610314",
        "031461",
        "14/3/1961",
        "14.3.61",
        "14031961",
        " 3 / 14 / 1961 ",
    ],
)
def test_read_knows_every_usual_order(text):
    assert typed_dates.read(text, today=TODAY) == days(date(1961, 3, 14))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3/4/1961", days(date(1961, 3, 4), date(1961, 4, 3))),
        ("3/3/1961", days(date(1961, 3, 3))),
        ("3/14/23", days(date(2023, 3, 14), date(1923, 3, 14))),
        ("11/22/26", days(date(2026, 11, 22), date(1926, 11, 22))),
        ("11/23/26", days(date(1926, 11, 23))),
        ("01021999", days(date(1999, 1, 2), date(1999, 2, 1))),
        ("2/29/2024", days(date(2024, 2, 29))),
        ("Sept 9 2001", days(date(2001, 9, 9))),
    ],
)
def test_read_gives_every_meaning_likeliest_first(text, expected):
    assert typed_dates.read(text, today=TODAY) == expected


@pytest.mark.parametrize(
    ("text", "first", "last", "precision"),
    [
        ("1961", date(1961, 1, 1), date(1961, 12, 31), BirthPrecision.YEAR),
        ("Feb 2024", date(2024, 2, 1), date(2024, 2, 29), BirthPrecision.MONTH),
        ("3/1961", date(1961, 3, 1), date(1961, 3, 31), BirthPrecision.MONTH),
        ("1961-03", date(1961, 3, 1), date(1961, 3, 31), BirthPrecision.MONTH),
    ],
)
def test_read_gives_ranges_for_months_and_years(text, first, last, precision):
    assert typed_dates.read(text, today=TODAY) == (TypedDate(first, last, precision),)


@pytest.mark.parametrize(
    "text",
    [
        "", "Munoz", "13/13/1961", "2/30/1961", "2/29/2023", "0/1/1961", "3/14", "1849", "2027",
        "3/14/2027", "3/14/1849", "3/1849", "14 Mar", "mar", "Mar Apr 1961", "1 2 3 4", "12345",
        "3/14/196",
        "3//14 Foo 1961", "٣/١٤/١٩٦١", "2027-01", "99/99/99", "1961-13-40",
    ],
)  # fmt: skip
def test_read_gives_nothing_for_what_is_no_past_date(text):
    assert typed_dates.read(text, today=TODAY) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2/30/1961", "2/30/1961"),
        ("MUNOZ Rosa 30.2.1961", "30.2.1961"),
        ("dob 13/13/61", "13/13/61"),
        ("2-30-1961 Munoz", "2-30-1961"),
        ("1961-13-40", "1961-13-40"),
        ("30 Feb 1961", "30 Feb 1961"),
        ("Feb 30, 1961", "Feb 30, 1961"),
        ("29feb2023", "29feb2023"),
        ("11/23/2026", "11/23/2026"),  # tomorrow
        ("3/14/1849", "3/14/1849"),
        ("3/14/1961 or 2/30/1961", "2/30/1961"),
    ],
)
def test_day_on_which_nobody_is_born_is_named(text, expected):
    assert typed_dates.impossible_day(text, today=TODAY) == expected


@pytest.mark.parametrize(
    "text",
    [
        "", "Munoz", "3/14/1961", "11/22/2026", "2/29/2024", "30/2", "44-51-99", "219-44-9999",
        "(207) 555-0134", "207.555.0134", "99-99-99", "A-2026-13-40", "12/30/1961/4", "1961",
        "Mary 13",
    ],
)  # fmt: skip
def test_what_is_a_day_or_no_day_at_all_is_not_named(text):
    assert typed_dates.impossible_day(text, today=TODAY) == ""


@given(st.text(max_size=30))
def test_read_never_raises_on_text(text):
    typed_dates.read(text, today=TODAY)


@given(st.text(alphabet="0123456789/-. marMAR,", max_size=14))
def test_read_never_raises_on_what_looks_like_dates(text):
    for found in typed_dates.read(text, today=TODAY):
        assert found.first <= found.last
        assert found.first <= TODAY


@given(st.dates(date(1927, 1, 1), TODAY))
def test_read_finds_a_date_in_every_form(day):
    for form in ("%m/%d/%Y", "%d %b %Y", "%Y-%m-%d", "%m%d%Y", "%B %d, %Y", "%b %d %y"):
        found = typed_dates.read(day.strftime(form), today=TODAY)

        assert TypedDate(day, day, BirthPrecision.DAY) in found
