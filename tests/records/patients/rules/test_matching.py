from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.patients.enums import MatchBand, MatchField, MatchLevel
from records.patients.rules import matching
from records.patients.rules.matching import Person

ROSA = Person(
    family="MUNOZ",
    given="ROSA",
    born_on=date(1961, 3, 14),
    sex="FEMALE",
    ssn="446255155",
    ssn_last4="5155",
    phones=frozenset({"2155550188"}),
    zip_code="19104",
    address="12 N MAIN ST",
    emails=frozenset({"rosa@example.org"}),
)
BARE = replace(
    ROSA, ssn="", ssn_last4="", phones=frozenset(), address="", emails=frozenset(), zip_code=""
)


@pytest.mark.parametrize(
    ("field", "agree", "disagree"),
    [
        (MatchField.SSN, 19.86, -4.32),
        (MatchField.BIRTH, 11.63, -4.32),
        (MatchField.PHONE, 10.45, -1.74),
        (MatchField.FAMILY, 6.52, -3.63),
        (MatchField.ZIP, 6.41, -2.72),
        (MatchField.GIVEN, 5.49, -3.29),
        (MatchField.SEX, 0.97, -4.64),
    ],
)
def test_weights_of_the_seed_model_equal_the_table(field, agree, disagree):
    weight = next(weight for weight in matching.SEED_MODEL.weights if weight.field == field)

    assert round(weight.agree, 2) == agree
    assert round(weight.disagree, 2) == disagree


def test_every_field_has_one_weight():
    assert sorted(weight.field for weight in matching.SEED_MODEL.weights) == sorted(MatchField)


def test_compare_gives_the_worked_example():
    result = matching.compare(replace(BARE, zip_code="19104"), replace(BARE, zip_code="08540"))

    assert result.score == 21.89
    assert result.band == MatchBand.PROBABLE
    assert result.agreeing == (
        MatchField.BIRTH,
        MatchField.FAMILY,
        MatchField.GIVEN,
        MatchField.SEX,
    )
    levels = {scored.field: scored.level for scored in result.evidence}
    assert levels[MatchField.ZIP] == MatchLevel.DISAGREE
    assert levels[MatchField.SSN] == MatchLevel.MISSING
    assert (result.needs_review, result.is_certain) == (False, False)


@pytest.mark.parametrize(
    ("change", "score", "band"),
    [
        ({}, 24.61, MatchBand.PROBABLE),
        ({"given": "PETRA"}, 15.83, MatchBand.POSSIBLE),
        ({"family": "MUNOS"}, 24.61, MatchBand.PROBABLE),
        ({"sex": "UNKNOWN"}, 23.64, MatchBand.PROBABLE),
        ({"sex": "MALE"}, 19.0, MatchBand.POSSIBLE),
        ({"born_on": date(1961, 4, 13)}, 8.66, MatchBand.UNLIKELY),
        ({"born_on": date(1961, 3, 15)}, 16.63, MatchBand.POSSIBLE),
        ({"born_on": None}, 12.98, MatchBand.POSSIBLE),
        ({"family": "ROSA", "given": "MUNOZ"}, 24.61, MatchBand.PROBABLE),
        ({"family": "HALE", "former": frozenset({"MUNOZ"})}, 24.61, MatchBand.PROBABLE),
    ],
)
def test_compare_weighs_each_difference(change, score, band):
    result = matching.compare(BARE, replace(BARE, **change))

    assert (result.score, result.band) == (score, band)


def test_compare_adds_every_field_that_is_known():
    result = matching.compare(ROSA, ROSA)

    assert result.score == round(sum(scored.weight for scored in result.evidence), 2) == 81.22
    assert {scored.level for scored in result.evidence} == {MatchLevel.AGREE}


@pytest.mark.parametrize(
    ("change", "needs_review"),
    [
        ({"given": "PETRA", "ssn": "111223333"}, True),  # twins
        ({"given": "PETRA", "ssn": ""}, True),
        ({"given": "PETRA"}, False),  # the same number: one person
        ({"given": "PETRA", "ssn": "", "born_on": date(1990, 1, 2)}, True),  # one household
        ({"suffix": "SR", "born_on": date(1935, 5, 6)}, True),  # father and son
        ({"suffix": "JR"}, False),
        ({"given": "ROZA", "ssn": ""}, False),
        ({"family": "HALE", "given": "PETRA", "ssn": ""}, False),
    ],
)
def test_relatives_are_reviewed_and_never_probable(change, needs_review):
    result = matching.compare(replace(ROSA, suffix="JR"), replace(ROSA, **change))

    assert result.needs_review is needs_review
    if needs_review:
        assert result.band == MatchBand.POSSIBLE
        assert result.is_certain is False


def test_household_without_date_address_or_phone_in_common_is_no_relative():
    other = replace(
        ROSA, given="PETRA", ssn="", born_on=None, address="", phones=frozenset({"2155550199"})
    )

    assert matching.compare(ROSA, other).needs_review is False


def test_newborns_not_yet_named_do_not_speak_against_each_other():
    unnamed = replace(BARE, given="GIRLA")

    assert matching.compare(BARE, unnamed).score == 19.12


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ({}, {}, True),
        ({}, {"given": "PETRA"}, False),
        ({"ssn": ""}, {}, False),
        ({"ssn": "", "numbers": frozenset({"A1"})}, {"numbers": frozenset({"A1", "B2"})}, True),
        ({}, {"born_on": date(1961, 3, 15)}, False),
    ],
)
def test_only_a_same_number_or_ssn_name_and_birth_is_certain(one, other, expected):
    result = matching.compare(replace(ROSA, **one), replace(ROSA, **other))

    assert result.is_certain is expected


def test_block_keys_name_every_way_to_meet():
    keys = matching.block_keys(replace(ROSA, numbers=frozenset({"M1"})))

    assert keys == {
        "P2155550188",
        "NM1",
        "Erosa@example.org",
        "S446255155",
        "FM520R200",
        "A12 N MAIN ST|19104",
        "YM5201961",
        "GR1961-03-14",
        "L51551961-03-14",
        "Z191041961-03-14",
    }


def test_block_keys_of_nothing_are_none():
    assert matching.block_keys(Person()) == frozenset()
    assert matching.block_keys(Person(born_on=date(1961, 3, 14))) == frozenset()


def test_candidate_pairs_come_once_and_skip_crowded_blocks():
    shelter = frozenset({"2155550100"})
    people = [
        BARE,
        replace(BARE, sex="MALE"),
        replace(BARE, born_on=date(1980, 1, 2)),
        *(Person(phones=shelter, numbers=frozenset({str(n)})) for n in range(4)),
    ]

    found = list(matching.candidate_pairs(people, largest_block=3))

    assert sorted(found) == [(0, 1), (0, 2), (1, 2)]


@given(st.data())
def test_compare_is_symmetric(data):
    def person():
        return Person(
            family=data.draw(st.sampled_from(["", "MUNOZ", "MUNOS", "HALE", "UNKNOWN"])),
            given=data.draw(st.sampled_from(["", "ROSA", "PETRA", "R", "BOB", "ROBERT"])),
            suffix=data.draw(st.sampled_from(["", "JR", "SR"])),
            former=data.draw(st.frozensets(st.sampled_from(["HALE", "ORTIZ"]))),
            born_on=data.draw(st.sampled_from([None, date(1961, 3, 14), date(1961, 3, 15)])),
            ssn=data.draw(st.sampled_from(["", "446255155", "446255156"])),
            address=data.draw(st.sampled_from(["", "12 N MAIN ST"])),
        )

    one, other = person(), person()

    assert matching.compare(one, other) == matching.compare(other, one)
