import random
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.patients.rules import names
from records.patients.rules.names import PersonName

FILED = [
    PersonName("Delacroix"),
    PersonName("de la Cruz"),
    PersonName("MacDonald"),
    PersonName("McDonald"),
    PersonName("Muñoz", "Rosa"),
    PersonName("Munoz", "Rosa", "B"),
    PersonName("O'Brien", "Pat"),
    PersonName("Obrien", "Pat", "B"),
    PersonName("Saint", "Zed"),
    PersonName("Smith", "J."),
    PersonName("Smith", "John"),
    PersonName("Smith", "John", "A"),
    PersonName("Smith", "John", "Alan"),
    PersonName("Smithe", "Al"),
    PersonName("Smith-Jones", "Ann"),
    PersonName("St. John", "Eve"),
    PersonName("Vance", "Lee"),
    PersonName("Van Dyke", "Lee"),
]


def test_filing_key_puts_the_shelf_in_alphabetic_order():
    shuffled = random.Random(7).sample(FILED, len(FILED))

    assert sorted(shuffled, key=names.filing_key) == FILED


def test_filing_key_sorts_suffixes_numerals_first():
    written = ["", "2", "3", "II", "III", "Jr.", "MD", "Sr"]
    people = [PersonName("Smith", "John", "", suffix) for suffix in written]
    shuffled = people[4:] + people[:4]

    ordered = sorted(shuffled, key=names.filing_key)

    assert [person.suffix for person in ordered] == written


def test_filing_key_of_the_same_name_sorts_by_birth_then_number():
    smith = PersonName("Smith", "John")
    keys = [
        names.filing_key(smith, None, "000001"),
        names.filing_key(smith, date(1961, 3, 4), "000009"),
        names.filing_key(smith, date(1961, 3, 4), "455099"),
        names.filing_key(smith, date(1999, 1, 2), "000002"),
    ]

    assert sorted(keys) == keys


def test_filing_key_counts_numbers_in_names_by_value_before_letters():
    people = [PersonName("2 Feathers"), PersonName("10 Bears"), PersonName("Abel")]
    shuffled = [people[2], people[1], people[0]]

    assert sorted(shuffled, key=names.filing_key) == people


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Smith-Jones", "SMITHJONES"),
        ("O'Brien", "OBRIEN"),
        ("O’Brien", "OBRIEN"),
        ("Muñoz", "MUNOZ"),
        ("De La Cruz", "DELACRUZ"),
        ("St. John", "STJOHN"),
        ("Van Dyke", "VANDYKE"),
        ("Straße", "STRASSE"),
        ("Łódź", "LODZ"),
        ("Bjørn", "BJORN"),
        ("Æsir", "AESIR"),
        ("Nguyễn", "NGUYEN"),
        ("ﬁnch", "FINCH"),
        ("Иванов", "ИВАНОВ"),
        ("王", "王"),
        ("", ""),
        (" -'. ", ""),
    ],
)
def test_closed_up_folds_and_drops_punctuation(written, expected):
    assert names.closed_up(written) == expected


@given(st.text(max_size=40))
def test_closed_up_is_stable_and_alphanumeric(text):
    once = names.closed_up(text)

    assert names.closed_up(once) == once
    assert all(mark.isalnum() for mark in once)


def test_search_text_holds_whole_and_parts_once():
    people = [
        PersonName("Smith-Jones", "Anna María", "O'Neil"),
        PersonName("Smith", "Anna"),
    ]

    assert names.search_text(people) == "SMITHJONES SMITH JONES ANNAMARIA ANNA MARIA ONEIL"


@pytest.mark.parametrize(
    ("suffix", "form", "rank"),
    [
        ("", "", (0, 0, "")),
        ("2nd", "2", (1, 2, "")),
        ("3", "3", (1, 3, "")),
        ("iv", "IV", (2, 4, "")),
        ("Junior", "JR", (3, 0, "JR")),
        ("Sr.", "SR", (3, 0, "SR")),
        ("M.D.", "MD", (3, 0, "MD")),
    ],
)
def test_suffix_has_one_form_and_rank(suffix, form, rank):
    assert names.suffix_form(suffix) == form
    assert names.suffix_rank(suffix) == rank


@pytest.mark.parametrize(
    ("name", "listed", "in_letter"),
    [
        (
            PersonName("Muñoz", "Rosa", "Elena", "junior"),
            "MUÑOZ, Rosa Elena Jr",
            "Rosa Elena Muñoz, Jr",
        ),
        (PersonName("O'BRIEN", "PAT"), "O'BRIEN, Pat", "Pat O'Brien"),
        (PersonName("MCDONALD", "ANN"), "MCDONALD, Ann", "Ann McDonald"),
        (PersonName("smith-jones", "ANN"), "SMITH-JONES, Ann", "Ann Smith-Jones"),
        (PersonName("deVries", "Jan"), "DEVRIES, Jan", "Jan deVries"),
        (PersonName("Sukarno"), "SUKARNO, (no first name)", "Sukarno"),
        (PersonName("Hale", "Tom", "", "III"), "HALE, Tom III", "Tom Hale, III"),
    ],
)
def test_names_are_shown_for_lists_and_letters(name, listed, in_letter):
    assert names.display_name(name) == listed
    assert names.letter_name(name) == in_letter
