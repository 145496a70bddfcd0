"""The engine against the law told again in the plainest way, over charts of every kind."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from records.retention.enums import (
    Payer,
    RecordClass,
)
from records.retention.rules.eligibility import ChartFacts
from tests.records.retention.rules.law import AS_OF, HOSPITALS, LAW, ROWS, explain


def plain_anniversary(day, years):
    """Count on the calendar, one day at a time past a missing one."""
    if (day.month, day.day) == (2, 29):
        try:
            return date(day.year + years, 2, 29)
        except ValueError:
            return date(day.year + years, 2, 28) + timedelta(days=1)
    return date(day.year + years, day.month, day.day)


def plain_answer(chart, rows, as_of):
    """The same law told again, row by row, without the tables of the engine."""
    majority = {"AL": 19, "NE": 19, "MS": 21, "PR": 21}.get(chart.state, 18)
    first = chart.first_encounter_on or chart.last_encounter_on
    minor = first < plain_anniversary(chart.born_on, majority)
    adult = chart.last_encounter_on >= plain_anniversary(chart.born_on, majority)
    latest, has_state = None, False
    for row in rows:
        for_privacy = row.series == "PRIVACY_DOCUMENT" and str(row.term).startswith("R+")
        if row.series not in chart.series and not (for_privacy and chart.privacy_on):
            continue
        if row.effective_from > as_of:
            continue
        if row.effective_to and row.effective_to < as_of:
            continue
        if row.state and row.state != chart.state:
            continue
        if row.record_class and row.record_class != chart.record_class:
            continue
        if row.payer and row.payer not in chart.payers:
            continue
        if row.source == "STATE" and row.series == "HEALTH_RECORD":
            has_state = True
        birthdays = [chart.born_on]
        if row.population == "ADULT" and not adult:
            continue
        if row.population == "MINOR":
            birthdays = [chart.born_on] if minor else []
            birthdays += [chart.child_born_on] if chart.child_born_on else []
        if not birthdays:
            continue
        letters, _, number = str(row.term).partition("+")
        if letters == "P":
            return None
        if letters == "C":
            if chart.contract_ended_on is None:
                return None
            ends = [plain_anniversary(chart.contract_ended_on, int(number))]
        elif letters == "Death":
            ends = [plain_anniversary(chart.died_on, int(number))] if chart.died_on else []
        elif letters == "D":
            ends = [plain_anniversary(chart.last_encounter_on, int(number))]
        elif letters == "R":
            made = chart.record_on or chart.last_encounter_on
            if for_privacy:
                made = chart.privacy_on
            ends = [plain_anniversary(made, int(number))]
        elif letters == "Maj":
            ends = [plain_anniversary(birth, majority + int(number)) for birth in birthdays]
        else:
            ends = [plain_anniversary(birth, int(letters[1:])) for birth in birthdays]
        latest = max([*ends, *([latest] if latest else [])], default=None)
    return latest + timedelta(days=1) if latest and has_state else None


DAYS = st.one_of(
    st.dates(date(1930, 1, 1), date(2030, 12, 31)),
    st.sampled_from([date(year, 2, 29) for year in range(1932, 2029, 4)]),
    st.sampled_from([date(2002, 3, 1), date(2002, 2, 28), date(2020, 3, 1)]),
)


@st.composite
def charts(draw):
    days = sorted(draw(st.tuples(DAYS, DAYS, DAYS)))
    return ChartFacts(
        state=draw(st.sampled_from([*HOSPITALS, "MN", "ID", "PR"])),
        record_class=draw(st.sampled_from(RecordClass)),
        born_on=days[0],
        first_encounter_on=draw(st.sampled_from([None, days[1]])),
        last_encounter_on=days[2],
        record_on=draw(st.none() | DAYS),
        privacy_on=draw(st.none() | DAYS),
        died_on=draw(st.none() | st.dates(days[0], date(2031, 1, 1))),
        child_born_on=draw(st.none() | DAYS),
        contract_ended_on=draw(st.none() | DAYS),
        payers=draw(st.frozensets(st.sampled_from(Payer), max_size=1)),
    )


@pytest.mark.goal("G-43")
@settings(max_examples=400)
@given(charts())
def test_the_engine_agrees_with_the_law_told_again(chart):
    answer = explain(chart)

    assert answer.eligible_on == plain_answer(chart, ROWS, AS_OF)
    assert answer.is_eligible(date(2300, 1, 1)) is (answer.eligible_on is not None)


@given(charts(), st.integers(1, 4000))
def test_a_later_visit_never_makes_a_chart_eligible_earlier(chart, days):
    later = replace(
        chart,
        first_encounter_on=chart.first_encounter_on or chart.last_encounter_on,
        last_encounter_on=chart.last_encounter_on + timedelta(days=days),
    )
    early, late = explain(chart, LAW), explain(later, LAW)

    if early.eligible_on and late.eligible_on:
        assert late.eligible_on >= early.eligible_on
