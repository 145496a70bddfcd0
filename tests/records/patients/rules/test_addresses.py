import pytest

from records.patients.rules import addresses


@pytest.mark.parametrize(
    ("country", "is_in"),
    [
        ("", True),
        (" ", True),
        ("us", True),
        ("USA", True),
        ("U.S.A.", True),
        ("United States", True),
        ("United States of America", True),
        ("Canada", False),
        ("Deutschland", False),
        ("日本", False),
        ("Austria", False),
    ],
)
def test_an_address_without_a_country_is_in_the_united_states(country, is_in):
    assert addresses.is_in_states(country) is is_in


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("PA", "PA"),
        (" pa ", "PA"),
        ("PR", "PR"),
        ("DC", "DC"),
        ("AE", "AE"),
        ("ZZZ", None),
        ("ZZ", None),
        ("P", None),
        ("Pennsylvania", None),
        ("", None),
    ],
)
def test_a_state_is_two_letters_that_exist(text, state):
    assert addresses.read_state(text) == state


def test_there_are_fifty_states_and_twelve_more():
    assert len(addresses.STATES) == 50 + 1 + 5 + 3 + 3


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("17101", "17101"),
        (" 17101 ", "17101"),
        ("17101-1234", "17101-1234"),
        ("171011234", "17101-1234"),
        ("17101 1234", "17101-1234"),
        ("abc", None),
        ("1710", None),
        ("171012", None),
        ("17101-12", None),
        ("١٧١٠١", None),
        ("", None),
    ],
)
def test_a_zip_code_has_five_digits_or_five_and_four(text, read):
    assert addresses.read_zip(text) == read
