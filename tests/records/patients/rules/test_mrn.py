import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.patients.rules import mrn

SHELF = [
    "45-50-99", "44-51-99", "45-49-99", "60-49-99", "44-50-99",
    "99-99-00", "00-00-01", "12-34-56", "56-34-12",
]  # fmt: skip


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (
            mrn.terminal_digit_key,
            "99-99-00, 00-00-01, 56-34-12, 12-34-56, 45-49-99, 60-49-99, 44-50-99, 45-50-99, "
            "44-51-99",
        ),
        (
            mrn.middle_digit_key,
            "00-00-01, 12-34-56, 56-34-12, 45-49-99, 60-49-99, 44-50-99, 45-50-99, 44-51-99, "
            "99-99-00",
        ),
        (
            mrn.straight_key,
            "00-00-01, 12-34-56, 44-50-99, 44-51-99, 45-49-99, 45-50-99, 56-34-12, 60-49-99, "
            "99-99-00",
        ),
    ],
)
def test_filing_systems_order_the_shelf(key, expected):
    assert ", ".join(sorted(SHELF, key=key)) == expected


def test_longer_number_keeps_all_leading_digits_in_the_tertiary_group():
    assert mrn.terminal_digit_key("12-34-56-78") == (78, 56, 1234)


@pytest.mark.parametrize("key", [mrn.straight_key, mrn.terminal_digit_key, mrn.middle_digit_key])
def test_filing_keys_refuse_what_is_no_number(key):
    with pytest.raises(ValueError, match="not a record number"):
        key("A12")


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("45-50-99", "455099"),
        ("45 50 99", "455099"),
        (" 455099 ", "455099"),
        ("1", "000001"),
        ("1234567", "01234567"),
        ("12-34-56-78", "12345678"),
        ("", None),
        ("45--50", None),
        ("A45", None),
        ("-45", None),
        ("٤٥", None),
    ],
)
def test_normalise_reads_numbers_as_typed(typed, digits):
    assert mrn.normalise(typed) == digits


def test_check_digit_agrees_with_the_published_example():
    assert mrn.check_digit("572") == 4


@pytest.mark.parametrize(
    ("sequence", "length", "made"),
    [(1, 6, "000013"), (572, 6, "005724"), (99999, 6, "999999"), (100000, 8, "01000002")],
)
def test_make_pads_and_appends_the_check_digit(sequence, length, made):
    assert mrn.make(sequence, length) == made
    assert mrn.is_valid(made)


def test_make_refuses_a_sequence_that_no_longer_fits():
    with pytest.raises(mrn.NumbersUsedUp, match="100000 does not fit 6 digits"):
        mrn.make(100_000, 6)


@pytest.mark.parametrize(("sequence", "length"), [(0, 6), (-1, 6), (1, 7), (1, 4)])
def test_make_refuses_odd_arguments(sequence, length):
    with pytest.raises(ValueError, match="positive position"):
        mrn.make(sequence, length)


@given(st.integers(1, 9_999_999), st.data())
def test_every_wrong_digit_is_found(sequence, data):
    number = mrn.make(sequence, 8)
    at = data.draw(st.integers(0, 7))
    wrong = data.draw(st.sampled_from([d for d in "0123456789" if d != number[at]]))

    assert not mrn.is_valid(number[:at] + wrong + number[at + 1 :])


@given(st.integers(1, 9_999_999), st.integers(0, 6))
def test_every_swap_of_neighbours_is_found(sequence, at):
    number = mrn.make(sequence, 8)
    swapped = number[:at] + number[at + 1] + number[at] + number[at + 2 :]

    assert mrn.is_valid(swapped) == (swapped == number)


def test_numbers_of_a_sequence_are_all_different():
    made = {mrn.make(sequence, 6) for sequence in range(1, 5001)}

    assert len(made) == 5000


@pytest.mark.parametrize(
    ("digits", "shown"),
    [("455099", "45-50-99"), ("12345678", "12-34-56-78"), ("7", "00-00-07"), ("E77", "E77")],
)
def test_display_shows_pairs(digits, shown):
    assert mrn.display(digits) == shown


def test_is_valid_is_false_for_what_is_no_number():
    assert mrn.is_valid("E77") is False
