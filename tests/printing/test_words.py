"""Days, numbers and names as paper and screen write them."""

from datetime import date

import pytest

from printing import words

MAY, JUNE = date(2026, 5, 4), date(2026, 6, 1)


@pytest.mark.parametrize(
    ("number", "expected"), [(0, "0 pages"), (1, "1 page"), (2, "2 pages"), (1234, "1,234 pages")]
)
def test_counted_writes_number_and_noun(number, expected):
    assert words.counted(number, "page") == expected


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (MAY, JUNE, "May 4, 2026 to Jun 1, 2026"),
        (MAY, MAY, "May 4, 2026"),
        (MAY, None, "from May 4, 2026"),
        (None, JUNE, "until Jun 1, 2026"),
        (None, None, ""),
    ],
)
def test_span_writes_a_period_open_on_either_side(first, last, expected):
    assert words.span(first, last) == expected


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("Muñoz", "Rosa", "Elena", "Jr"), "MUÑOZ, Rosa Elena, Jr"),
        (("Muñoz", "Rosa"), "MUÑOZ, Rosa"),
        (("Muñoz",), "MUÑOZ"),
        (("Muñoz", "", "Elena"), "MUÑOZ, Elena"),
    ],
)
def test_person_name_has_the_family_first_in_capitals(parts, expected):
    assert words.person_name(*parts) == expected


@pytest.mark.parametrize(
    ("precision", "expected"),
    [
        ("DAY", "2026-05-04"),
        ("MONTH", "2026-05"),
        ("YEAR", "2026"),
        ("ESTIMATED", "2026"),
        ("UNKNOWN", ""),
    ],
)
def test_a_birth_date_to_sort_by_is_no_more_exact_than_known(precision, expected):
    assert words.sortable_birth(MAY, precision) == expected
    assert words.sortable_birth(None, precision) == ""
