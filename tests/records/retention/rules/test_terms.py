from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.retention.enums import TermKind
from records.retention.rules import terms
from records.retention.rules.terms import Anchors, Term

ANCHORS = Anchors(
    born_on=date(2004, 2, 29),
    majority=18,
    last_encounter_on=date(2020, 3, 1),
    record_on=date(2019, 12, 31),
    died_on=date(2021, 6, 30),
    contract_ended_on=date(2022, 12, 31),
)


@pytest.mark.parametrize(
    ("text", "term", "until"),
    [
        ("D+10", Term(TermKind.AFTER_LAST_ENCOUNTER, 10), date(2030, 3, 1)),
        ("D+0", Term(TermKind.AFTER_LAST_ENCOUNTER, 0), date(2020, 3, 1)),
        ("R+7", Term(TermKind.AFTER_RECORD, 7), date(2026, 12, 31)),
        ("A23", Term(TermKind.UNTIL_BIRTHDAY, 23), date(2027, 3, 1)),
        ("A28", Term(TermKind.UNTIL_BIRTHDAY, 28), date(2032, 2, 29)),
        ("Maj+5", Term(TermKind.AFTER_MAJORITY, 5), date(2027, 3, 1)),
        ("Death+6", Term(TermKind.AFTER_DEATH, 6), date(2027, 6, 30)),
        ("C+10", Term(TermKind.AFTER_CONTRACT, 10), date(2032, 12, 31)),
        ("P", Term(TermKind.PERMANENT, None), None),
    ],
)
def test_a_term_is_read_written_and_counted(text, term, until):
    assert terms.parse(text) == term
    assert str(term) == text
    assert terms.last_day(term, ANCHORS) == until


def test_every_kind_of_term_can_be_written():
    kinds = {terms.parse(text).kind for text in "D+1 R+1 A1 Maj+1 Death+1 C+1 P".split()}  # noqa: SIM905

    assert kinds == set(TermKind)


@pytest.mark.parametrize("text", ["", "D10", "D+", "A", "X+1", "P+1", "D+100", "maj+1", "D+1 A2"])
def test_what_is_no_term_is_refused(text):
    with pytest.raises(ValueError, match="no retention term"):
        terms.parse(text)


@pytest.mark.parametrize("text", ["D+1", "R+1", "A1", "Maj+1", "Death+1", "C+1"])
def test_a_term_without_its_day_has_no_end(text):
    nothing = Anchors(None, 18, None, None)

    assert terms.last_day(terms.parse(text), nothing) is None


@pytest.mark.parametrize(
    ("day", "years", "expected"),
    [
        (date(2020, 2, 29), 1, date(2021, 3, 1)),
        (date(2020, 2, 29), 4, date(2024, 2, 29)),
        (date(2020, 2, 28), 1, date(2021, 2, 28)),
        (date(1900, 2, 28), 4, date(1904, 2, 28)),
        (date(1896, 2, 29), 4, date(1900, 3, 1)),
        (date(2020, 3, 1), 0, date(2020, 3, 1)),
    ],
)
def test_the_anniversary_of_a_leap_day_is_the_first_of_march(day, years, expected):
    assert terms.add_years(day, years) == expected


@given(st.dates(date(1900, 1, 1), date(2050, 1, 1)), st.integers(0, 60), st.integers(0, 60))
def test_more_years_never_end_earlier(day, one, other):
    fewer, more = sorted((one, other))

    assert terms.add_years(day, fewer) <= terms.add_years(day, more)
