import pytest

from records.encounters.rules.numbers import is_npi


@pytest.mark.parametrize(
    "text, expected",
    [
        ("1234567893", True),  # the example of 45 CFR 162.406's standard
        ("1245319599", True),
        ("1234567890", False),
        ("1234567839", False),
        ("2134567893", False),
        ("123456789", False),
        ("12345678930", False),
        ("", False),
        ("123456789X", False),
        ("１２３４５６７８９３", False),  # digits, but of another alphabet
        ("²234567893", False),
    ],
)
def test_number_is_checked_by_its_last_digit(text, expected):
    assert is_npi(text) is expected


def test_every_slip_of_one_digit_is_found():
    known = "1234567893"
    slips = [
        known[:place] + digit + known[place + 1 :]
        for place in range(10)
        for digit in "0123456789"
        if digit != known[place]
    ]

    assert [text for text in slips if is_npi(text)] == []
