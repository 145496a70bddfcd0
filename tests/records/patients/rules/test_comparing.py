from datetime import date

import pytest

from records.patients.rules import comparing, keys, nicknames


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("ROBERT", "R163"), ("RUPERT", "R163"), ("RUBIN", "R150"), ("ASHCRAFT", "A261"),
        ("TYMCZAK", "T522"), ("PFISTER", "P236"), ("HONEYMAN", "H555"), ("LEE", "L000"),
        ("", ""), ("ИВАНОВ", ""),
    ],
)  # fmt: skip
def test_soundex_follows_the_national_archives(word, code):
    assert keys.soundex(word) == code


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("SMITH", "SMITH", 1.0),
        ("MARTHA", "MARHTA", 1.0),  # .961
        ("DWAYNE", "DUANE", 0.0),  # .84
        ("SMITH", "JONES", 0.0),
        ("", "SMITH", None),
        ("SMITH", "", None),
    ],
)
def test_name_likeness_follows_the_bounds(one, other, expected):
    assert comparing.name_likeness(one, other) == expected


def test_name_likeness_is_linear_between_the_bounds():
    # Jaro-Winkler of DIXON and DICKSONX is .8133 and of MONTANA and MONTOYA .8857.
    assert comparing.name_likeness("DIXON", "DICKSONX") == 0.0
    assert comparing.name_likeness("MONTANA", "MONTOYA") == pytest.approx(0.5102, abs=1e-3)


@pytest.mark.parametrize(
    ("one", "one_former", "other", "other_former", "expected"),
    [
        ("HALE", set(), "HALE", set(), 1.0),
        ("HALE", set(), "ORTIZ", {"HALE"}, 1.0),
        ("ORTIZ", {"HALE"}, "HALE", set(), 1.0),
        ("ORTIZ", {"HALE"}, "BELL", {"HALE"}, 0.0),
        ("", set(), "", {"HALE"}, None),
    ],
)
def test_family_likeness_looks_at_former_names(one, one_former, other, other_former, expected):
    assert comparing.family_likeness(one, one_former, other, other_former) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("ROBERT", "BOB", 1.0),
        ("BOB", "ROBERT", 1.0),
        ("J", "JOHN", 0.6),
        ("JOHN", "J", 0.6),
        ("K", "JOHN", 0.0),
        ("JOHN", "PETER", 0.0),
        ("", "JOHN", None),
    ],
)
def test_given_likeness_knows_short_forms_and_initials(one, other, expected):
    assert comparing.given_likeness(one, other) == expected


def test_nicknames_join_no_unrelated_names():
    assert nicknames.are_same("LIZ", "BETTY") is True
    assert nicknames.are_same("ROBERT", "RICHARD") is False
    assert nicknames.are_same("QUENTIN", "QUENTIN") is False


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (date(1961, 3, 14), date(1961, 3, 14), 1.0),
        (date(1961, 3, 4), date(1961, 4, 3), 0.5),  # day and month swapped
        (date(1961, 3, 14), date(1961, 3, 15), 0.5),  # one digit off
        (date(1961, 3, 14), date(1916, 3, 14), 0.5),  # neighbours swapped
        (date(1961, 3, 14), date(1962, 4, 14), 0.0),
        (None, date(1961, 3, 14), None),
        (date(1961, 3, 14), None, None),
    ],
)
def test_birth_likeness_forgives_one_slip(one, other, expected):
    assert comparing.birth_likeness(one, other) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("446255155", "446255155", 1.0),
        ("446255155", "446255156", 0.5),
        ("446255155", "442655155", 0.5),
        ("446255155", "123456788", 0.0),
        ("446255155", "4462551", 0.0),
        ("blind-token-a", "blind-token-b", 0.0),
        ("", "446255155", None),
    ],
)
def test_number_likeness_forgives_one_slip_of_plain_numbers(one, other, expected):
    assert comparing.number_likeness(one, other) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("123", "123", False),
        ("123", "124", True),
        ("123", "132", True),
        ("123", "321", False),
        ("1234", "2143", False),
        ("123", "12", False),
    ],
)
def test_a_slip_is_one_digit_or_two_neighbours(one, other, expected):
    assert comparing.is_slip(one, other) is expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [({"1"}, {"1", "2"}, 1.0), ({"1"}, {"2"}, 0.0), (set(), {"2"}, None), ({"1"}, set(), None)],
)
def test_set_likeness_needs_one_in_common(one, other, expected):
    assert comparing.set_likeness(one, other) == expected


def test_value_likeness_is_all_or_nothing():
    assert comparing.value_likeness("19104", "19104") == 1.0
    assert comparing.value_likeness("19104", "19105") == 0.0
    assert comparing.value_likeness("", "19105") is None


@pytest.mark.parametrize(
    ("word", "family", "given"),
    [
        ("UNKNOWN", "", ""),
        ("DOE", "", ""),
        ("BABY", "BABY", ""),
        ("BABYBOY", "BABYBOY", ""),
        ("BOYA", "BOYA", ""),
        ("GIRLB", "GIRLB", ""),
        ("BOYD", "BOYD", "BOYD"),
        ("HALE", "HALE", "HALE"),
    ],
)
def test_names_that_stand_for_no_name_are_not_known(word, family, given):
    assert comparing.known_family(word) == family
    assert comparing.known_given(word) == given


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("12 North Main Street, Apartment 4", "12 N MAIN ST APT 4"),
        ("12 N. Main St. Apt 4", "12 N MAIN ST APT 4"),
        ("General Delivery", ""),
        ("", ""),
    ],
)
def test_street_form_has_one_spelling(address, expected):
    assert comparing.street_form(address) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [("19104", "19104"), ("19104-1234", "19104"), ("191041234", "19104"), ("K1A 0B1", "K1A0B1")],
)
def test_zip_form_keeps_five_digits(code, expected):
    assert comparing.zip_form(code) == expected
