"""What a source changed goes in; what people entered here stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from records.interchange.rules import merging
from records.patients.enums import NameKind, PhoneKind, Sex
from records.patients.rules.names import PersonName
from records.patients.services.facts import OtherName, PersonFacts, PhoneFact, ReachFacts

FIRST = PersonFacts(
    family="Doe", given="Jo", sex=Sex.FEMALE, birth_on=date(1980, 2, 29), race="White"
)
HOME, MOBILE, WORK = (PhoneFact(PhoneKind.HOME, f"(215) 555-010{number}") for number in range(3))


def digest(text):
    return text


def told(person=FIRST, *phones):
    return merging.digests(person, ReachFacts(phones=phones), digest)


@pytest.mark.parametrize(
    ("here", "now", "found"),
    [
        ({}, {}, {}),
        ({"race": "Asian"}, {}, {"race": "Asian"}),
        ({"race": "Asian"}, {"race": "Black"}, {"race": "Black"}),
        ({}, {"family": "Roe"}, {"family": "Roe"}),
        ({"given": "Joan"}, {"family": "Roe"}, {"family": "Roe"}),
        ({"language": "Polish"}, {"race": ""}, {"language": "Polish", "race": ""}),
        ({"race": ""}, {}, {}),
    ],
)
def test_a_field_is_the_sources_where_the_source_changed_it(here, now, found):
    current, source = replace(FIRST, **here), replace(FIRST, **now)

    merged = merging.merged_person(current, source, told(), digest)

    assert merged == replace(FIRST, **found)


def test_a_source_new_here_fills_blanks_alone():
    source = replace(FIRST, family="Roe", language="Polish")

    merged = merging.merged_person(FIRST, source, {}, digest)

    assert merged == replace(FIRST, language="Polish")


@pytest.mark.parametrize(
    ("before", "here", "now", "found"),
    [
        ((HOME,), (HOME,), (HOME,), {HOME}),
        ((HOME,), (HOME,), (MOBILE,), {MOBILE}),
        ((HOME,), (HOME, WORK), (MOBILE,), {WORK, MOBILE}),
        ((HOME,), (WORK,), (HOME,), {WORK}),
        ((HOME,), (HOME, WORK), (), {WORK}),
        (None, (), (HOME,), {HOME}),
        (None, (WORK,), (HOME,), {WORK}),
    ],
)
def test_rows_follow_the_source_where_they_came_from_it(before, here, now, found):
    known = {} if before is None else told(FIRST, *before)

    merged = merging.merged_reach(ReachFacts(phones=here), ReachFacts(phones=now), known, digest)

    assert set(merged.phones) == found


def test_a_name_is_the_same_however_it_is_written():
    one = OtherName(NameKind.MAIDEN, PersonName("O'Brien", "Jo"))
    other = OtherName(NameKind.MAIDEN, PersonName("OBRIEN", "jo"))

    assert merging.row_text(one) == merging.row_text(other)


def test_a_phone_is_the_same_however_it_is_written():
    assert merging.row_text(HOME) == merging.row_text(replace(HOME, number="215.555.0100"))
