from datetime import date

import pytest

from records.patients.enums import MatchBand, NameStatus
from records.patients.rules import registration, search_terms
from records.patients.rules.names import PersonName
from records.patients.rules.registration import CreationFinding, NameFinding, SearchKey

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("munoz, rosa 3/14/1961", SearchKey.NAME_AND_BIRTH),
        ("tel 215 555 0188", SearchKey.PHONE),
        ("mrn 455099", SearchKey.NUMBER),
        ("ssn 5155", SearchKey.NUMBER),
        ("acct V0012", SearchKey.NUMBER),
    ],
)
def test_keys_searched_knows_each_key(text, key):
    assert registration.keys_searched(search_terms.parse(text, today=TODAY)) == {key}


def test_keys_searched_counts_neither_a_name_nor_a_birth_date_alone():
    terms = [*search_terms.parse("munoz", today=TODAY), *search_terms.parse("3/14/61", today=TODAY)]

    assert registration.keys_searched(terms) == frozenset()


@pytest.mark.parametrize(
    ("searched", "candidates", "reason", "expected"),
    [
        ([SearchKey.NAME_AND_BIRTH, SearchKey.PHONE], [], "", []),
        ([SearchKey.NAME_AND_BIRTH], [], "", [CreationFinding.TOO_FEW_KEYS]),
        ([SearchKey.PHONE, SearchKey.PHONE], [], "", [CreationFinding.TOO_FEW_KEYS]),
        ([], [], "", [CreationFinding.TOO_FEW_KEYS]),
        (
            [SearchKey.NAME_AND_BIRTH, SearchKey.NUMBER],
            [MatchBand.UNLIKELY, MatchBand.POSSIBLE],
            "",
            [CreationFinding.CANDIDATES_FOUND],
        ),
        ([SearchKey.NAME_AND_BIRTH, SearchKey.NUMBER], [MatchBand.UNLIKELY], "", []),
        (
            [],
            [MatchBand.PROBABLE],
            "  ",
            [CreationFinding.TOO_FEW_KEYS, CreationFinding.CANDIDATES_FOUND],
        ),
        ([], [MatchBand.PROBABLE], "twin sister, both present", []),
    ],
)
def test_creation_needs_two_keys_and_no_candidate_or_a_reason(
    searched, candidates, reason, expected
):
    found = registration.creation_findings(searched=searched, candidates=candidates, reason=reason)

    assert found == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (PersonName("Muñoz", "Rosa"), []),
        (PersonName("O'Brien-Hale", "Ann-Marie", "D'Arcy"), []),
        (PersonName("Sukarno"), [NameFinding.NO_GIVEN]),
        (PersonName("-", "Rosa"), [NameFinding.NO_FAMILY]),
        (PersonName("Munoz2", "Rosa"), [NameFinding.DIGIT]),
        (PersonName("Munoz", "Dr. Rosa"), [NameFinding.TITLE]),
        (PersonName("Sister", "Rosa"), []),
        (PersonName("Munoz", 'Robert "Bob"'), [NameFinding.NICKNAME]),
        (PersonName("Munoz", "Robert (Bob)"), [NameFinding.NICKNAME]),
        (PersonName("Munoz", "Robert 'Bob'"), [NameFinding.NICKNAME]),
        (PersonName("Test", "Rosa"), [NameFinding.TEST_NAME]),
        (PersonName("ZZTest", "Patient"), [NameFinding.TEST_NAME]),
        (PersonName("Munoz", "Do Not Use"), [NameFinding.TEST_NAME]),
        (PersonName("Testa", "Rosa"), []),
    ],
)
def test_name_findings_name_what_is_wrong(name, expected):
    assert registration.name_findings(name) == expected


@pytest.mark.parametrize(
    ("sex", "order", "given"),
    [
        ("MALE", 1, "BOYA"),
        ("FEMALE", 2, "GIRLB"),
        ("UNKNOWN", 3, "BABYC"),
        ("OTHER", 26, "BABYZ"),
    ],
)
def test_newborn_is_named_by_mother_sex_and_order(sex, order, given):
    named = registration.newborn_name(mother_family="Muñoz", sex=sex, order=order)

    assert named.name == PersonName("Muñoz", given)
    assert named.status == NameStatus.NEWBORN


@pytest.mark.parametrize("order", [0, 27])
def test_newborn_order_has_bounds(order):
    with pytest.raises(ValueError, match="between 1 and 26"):
        registration.newborn_name(mother_family="Hale", sex="MALE", order=order)


def test_unidentified_names_are_never_used_again_and_neighbours_differ():
    named = [registration.unidentified_name(number).name for number in range(1, 3001)]

    assert len(set(named)) == 3000
    words = [name.given.split()[0] for name in named]
    assert all(words[at] != words[at + 1] for at in range(len(words) - 1))
    assert registration.unidentified_name(7) == registration.unidentified_name(7)
    assert registration.unidentified_name(7).status == NameStatus.UNIDENTIFIED
    assert named[6] == PersonName("UNKNOWN", f"{words[6]} 0007")


def test_unidentified_sequence_is_positive():
    with pytest.raises(ValueError, match="positive"):
        registration.unidentified_name(0)


def test_estimated_birth_is_the_first_day_of_the_year():
    assert registration.estimated_birth(age_years=40, today=TODAY) == date(1986, 1, 1)
