from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from records.retention import seeds
from records.retention.enums import (
    Block,
    Certainty,
    Payer,
    Population,
    RecordClass,
    RecordSeries,
    RuleSource,
)
from records.retention.rules import eligibility, terms
from records.retention.rules.eligibility import ChartFacts, Skipped
from records.retention.rules.schedule import ScheduleRule

AS_OF = date(2026, 11, 22)
ROWS = seeds.schedule_rows()
MAJORITY = seeds.majority_rows()
STATE_LAW = [row for row in ROWS if row.source == RuleSource.STATE]
LAW = [row for row in ROWS if row.source in (RuleSource.STATE, RuleSource.FEDERAL)]
HOSPITAL, PHYSICIAN = RecordClass.HOSPITAL, RecordClass.PHYSICIAN

CHILD = {"born_on": date(2010, 5, 20), "last_encounter_on": date(2020, 3, 1)}
ADULT = {"born_on": date(1960, 5, 20), "last_encounter_on": date(2020, 3, 1)}


def facts(state="PA", record_class=HOSPITAL, **change):
    return ChartFacts(state=state, record_class=record_class, **(ADULT | change))


def explain(chart, rules=ROWS, as_of=AS_OF):
    return eligibility.explain(chart, rules, MAJORITY, as_of=as_of)


def until(chart, rules=STATE_LAW):
    return explain(chart, rules).governing.keeps_until


@pytest.mark.parametrize(
    ("state", "keeps_until", "code"),
    [
        ("NJ", date(2033, 5, 20), "NJ-HOSPITAL-MINOR-A23"),
        ("NC", date(2040, 5, 20), "NC-HOSPITAL-MINOR-A30"),
        ("MD", date(2035, 5, 20), "MD-HOSPITAL-MINOR-MAJ7"),
    ],
)
def test_the_worked_examples(state, keeps_until, code):
    answer = explain(facts(state, **CHILD))

    assert answer.governing.keeps_until == keeps_until
    assert answer.governing.rule.code == code
    assert answer.eligible_on == keeps_until + timedelta(days=1)
    assert answer.blocked_because == ()


# Adult born 1960-05-20, child born 2010-05-20, both last seen 2020-03-01; state law alone.
HOSPITALS = {
    "AL": ("2025-03-01", "2034-05-20"),
    "AK": ("2027-03-01", "2031-05-20"),
    "AZ": ("2026-03-01", "2031-05-20"),
    "AR": ("2030-03-01", "2030-05-20"),
    "CA": ("2027-03-01", "2029-05-20"),
    "CO": ("2030-03-01", "2038-05-20"),
    "CT": ("2030-03-01", "2030-03-01"),
    "FL": ("2027-03-01", "2027-03-01"),
    "GA": ("2025-03-01", "2033-05-20"),
    "HI": ("2027-03-01", "2035-05-20"),
    "IL": ("2030-03-01", "2030-03-01"),
    "IN": ("2027-03-01", "2027-03-01"),
    "KS": ("2030-03-01", "2030-03-01"),
    "KY": ("2025-03-01", "2031-05-20"),
    "LA": ("2030-03-01", "2030-03-01"),
    "MD": ("2027-03-01", "2035-05-20"),
    "MA": ("2040-03-01", "2040-03-01"),
    "MI": ("2027-03-01", "2027-03-01"),
    "MO": ("2030-03-01", "2033-05-20"),
    "NE": ("2030-03-01", "2032-05-20"),
    "NV": ("2025-03-01", "2033-05-20"),
    "NJ": ("2030-03-01", "2033-05-20"),
    "NY": ("2026-03-01", "2031-05-20"),
    "NC": ("2031-03-01", "2040-05-20"),
    "OH": ("2020-03-01", "2020-03-01"),
    "OK": ("2025-03-01", "2031-05-20"),
    "OR": ("2030-03-01", "2030-03-01"),
    "PA": ("2027-03-01", "2035-05-20"),
    "SC": ("2030-03-01", "2030-03-01"),
    "TN": ("2030-03-01", "2030-03-01"),
    "TX": ("2030-03-01", "2030-05-20"),
    "VA": ("2025-03-01", "2033-05-20"),
    "WA": ("2046-03-01", "2046-03-01"),
    "WI": ("2025-03-01", "2025-03-01"),
}
PHYSICIANS = {
    "AL": ("2027-03-01", "2027-03-01"),
    "AK": ("2020-03-01", "2020-03-01"),
    "AZ": ("2026-03-01", "2031-05-20"),
    "CO": ("2027-03-01", "2027-03-01"),
    "CT": ("2027-03-01", "2027-03-01"),
    "FL": ("2025-03-01", "2025-03-01"),
    "GA": ("2030-03-01", "2030-03-01"),
    "HI": ("2027-03-01", "2035-05-20"),
    "IN": ("2027-03-01", "2027-03-01"),
    "KS": ("2030-03-01", "2030-03-01"),
    "LA": ("2026-03-01", "2026-03-01"),
    "MD": ("2027-03-01", "2035-05-20"),
    "MA": ("2027-03-01", "2027-03-01"),
    "MI": ("2027-03-01", "2027-03-01"),
    "MO": ("2027-03-01", "2027-03-01"),
    "NV": ("2025-03-01", "2033-05-20"),
    "NJ": ("2027-03-01", "2027-03-01"),
    "NY": ("2026-03-01", "2029-05-20"),
    "OR": ("2030-03-01", "2030-03-01"),
    "PA": ("2027-03-01", "2029-05-20"),
    "SC": ("2030-03-01", "2033-03-01"),
    "TN": ("2030-03-01", "2030-03-01"),
    "TX": ("2027-03-01", "2031-05-20"),
    "VA": ("2026-03-01", "2028-05-20"),
    "WI": ("2025-03-01", "2025-03-01"),
}


@pytest.mark.parametrize(
    ("record_class", "state", "adult", "child"),
    [
        *((HOSPITAL, state, *days) for state, days in HOSPITALS.items()),
        *((PHYSICIAN, state, *days) for state, days in PHYSICIANS.items()),
    ],
)
def test_the_state_table(record_class, state, adult, child):
    assert until(facts(state, record_class)) == date.fromisoformat(adult)
    assert until(facts(state, record_class, **CHILD)) == date.fromisoformat(child)


def test_the_state_table_is_tested_whole_but_for_the_permanent():
    states = {row.state for row in STATE_LAW if row.record_class == HOSPITAL}

    assert states - set(HOSPITALS) == {"MN"}


@pytest.mark.parametrize("chart", [facts("MN"), facts("MN", **CHILD)])
def test_a_permanent_record_is_never_eligible(chart):
    answer = explain(chart)

    assert answer.eligible_on is None
    assert answer.governing.rule.code == "MN-HOSPITAL-P"
    assert answer.blocked_because == (Block.PERMANENT,)
    assert answer.is_eligible(date(2200, 1, 1)) is False


@pytest.mark.parametrize(
    ("state", "died_on", "keeps_until"),
    [
        ("NY", None, date(2026, 3, 1)),
        ("NY", date(2020, 3, 1), date(2026, 3, 1)),
        ("NY", date(2023, 7, 4), date(2029, 7, 4)),
        ("OK", date(2023, 7, 4), date(2026, 7, 4)),
        ("OK", date(2020, 7, 4), date(2025, 3, 1)),
    ],
)
def test_terms_after_death_count_for_the_dead(state, died_on, keeps_until):
    assert until(facts(state, died_on=died_on)) == keeps_until


@pytest.mark.parametrize(
    ("state", "last", "expected"),
    [
        # Born 2004-02-29: of age on 1 March 2022 in PA, 2023 in AL.
        ("PA", date(2022, 2, 28), ["MINOR"]),
        ("PA", date(2022, 3, 1), ["ADULT"]),
        ("AL", date(2023, 2, 28), ["MINOR", "MINOR"]),
        ("AL", date(2023, 3, 1), ["ADULT"]),
    ],
)
def test_a_leap_child_comes_of_age_on_the_first_of_march(state, last, expected):
    chart = facts(state, born_on=date(2004, 2, 29), last_encounter_on=last)

    answer = explain(chart, STATE_LAW)

    used = [one.rule.population for one in answer.considered if one.skipped == Skipped.NO]
    assert used == expected


def test_a_minor_seen_again_as_an_adult_is_kept_by_both_rules():
    chart = facts(
        "NC",
        born_on=date(2000, 5, 20),
        first_encounter_on=date(2005, 1, 1),
        last_encounter_on=date(2018, 6, 1),
    )

    answer = explain(chart, STATE_LAW)

    assert {(one.rule.code, one.keeps_until) for one in answer.considered} == {
        ("NC-HOSPITAL-ADULT-D11", date(2029, 6, 1)),
        ("NC-HOSPITAL-MINOR-A30", date(2030, 5, 20)),
    }
    assert answer.eligible_on == date(2030, 5, 21)


def test_a_newborn_is_a_minor_on_the_day_of_birth():
    day = date(2020, 3, 1)

    assert until(facts("PA", born_on=day, last_encounter_on=day)) == date(2045, 3, 1)


def test_the_mothers_obstetric_record_is_kept_as_long_as_the_childs():
    chart = facts("NC", born_on=date(1990, 1, 2), child_born_on=date(2020, 3, 1))

    answer = explain(chart)

    assert answer.governing.rule.code == "NC-HOSPITAL-MINOR-A30"
    assert answer.eligible_on == date(2050, 3, 2)


def test_the_later_birth_counts_for_a_minor_mother():
    chart = facts("NC", born_on=date(2004, 1, 2), child_born_on=date(2020, 3, 1))

    assert until(chart) == date(2050, 3, 1)


@pytest.mark.parametrize(
    ("record_on", "expected"),
    [
        (None, date(2027, 3, 1)),
        (date(2019, 1, 1), date(2026, 1, 1)),
        (date(2021, 5, 5), date(2028, 5, 5)),
    ],
)
def test_record_terms_count_from_the_record_or_else_the_last_encounter(record_on, expected):
    assert until(facts("IN", record_on=record_on)) == expected


@pytest.mark.parametrize(
    ("change", "blocks"),
    [
        ({"born_on": None}, (Block.BIRTH_UNKNOWN,)),
        ({"last_encounter_on": None}, (Block.TRIGGER_UNKNOWN,)),
        (
            {"born_on": None, "last_encounter_on": None},
            (Block.BIRTH_UNKNOWN, Block.TRIGGER_UNKNOWN),
        ),
        ({"born_on": date(2020, 3, 2)}, (Block.DATES_CONTRADICT,)),
        ({"died_on": date(1960, 5, 19)}, (Block.DATES_CONTRADICT,)),
        ({"first_encounter_on": date(2020, 3, 2)}, (Block.DATES_CONTRADICT,)),
        ({"first_encounter_on": date(1960, 5, 19)}, (Block.DATES_CONTRADICT,)),
        (
            {"born_on": None, "blocks": frozenset({Block.HOLD})},
            (Block.BIRTH_UNKNOWN, Block.HOLD),
        ),
    ],
)
def test_unclear_facts_leave_no_date(change, blocks):
    answer = explain(facts(**change))

    assert (answer.eligible_on, answer.governing, answer.considered) == (None, None, ())
    assert answer.blocked_because == blocks


def test_dates_that_touch_do_not_contradict():
    day = date(2020, 3, 1)
    chart = facts(born_on=day, first_encounter_on=day, last_encounter_on=day, died_on=day)

    assert explain(chart).blocked_because == ()


@pytest.mark.parametrize(
    ("state", "record_class"),
    [("ID", HOSPITAL), ("", HOSPITAL), ("NE", PHYSICIAN), ("PA", RecordClass.HOSPICE)],
)
def test_a_state_that_was_not_looked_up_leaves_no_date(state, record_class):
    answer = explain(facts(state, record_class))

    assert answer.eligible_on is None
    assert answer.blocked_because == (Block.NO_STATE_RULE,)
    assert answer.governing is not None


def test_a_state_whose_law_sets_no_period_is_kept_by_the_others():
    answer = explain(facts("OH"), LAW)

    assert answer.governing.rule.code == "US-HOSPITAL-D5"
    assert answer.eligible_on == date(2025, 3, 2)


def test_without_any_rule_there_is_no_answer():
    answer = explain(facts(series=frozenset({RecordSeries.REGISTER})), [])

    assert answer.governing is None
    assert answer.blocked_because == (Block.NO_STATE_RULE,)


def test_other_rooms_blocks_keep_the_date_but_not_the_eligibility():
    answer = explain(facts("WI", blocks=frozenset({Block.OPEN_REQUEST, Block.HOLD})), LAW)

    assert answer.eligible_on == date(2025, 3, 2)
    assert answer.blocked_because == (Block.HOLD, Block.OPEN_REQUEST)
    assert answer.is_eligible(AS_OF) is False


@pytest.mark.parametrize(
    ("on", "expected"),
    [(date(2025, 3, 1), False), (date(2025, 3, 2), True), (date(2025, 3, 3), True)],
)
def test_a_chart_is_eligible_from_the_day_after(on, expected):
    assert explain(facts("WI"), LAW).is_eligible(on) is expected


def test_professional_minimums_count_like_law_and_the_law_is_named_on_a_tie():
    assert explain(facts("WI")).governing.rule.code == "US-PROFESSIONAL-ADULT-D10"
    assert explain(facts("WI")).eligible_on == date(2030, 3, 2)
    assert explain(facts("TX")).governing.rule.code == "TX-HOSPITAL-ADULT-D10"


@pytest.mark.parametrize(
    ("payers", "ended_on", "blocks", "eligible_on"),
    [
        (frozenset(), None, (), date(2030, 3, 2)),
        (frozenset({Payer.PART_D}), None, (Block.TRIGGER_UNKNOWN,), None),
        (frozenset({Payer.PART_D}), date(2020, 12, 31), (), date(2031, 1, 1)),
        (frozenset({Payer.PART_D}), date(2019, 12, 31), (), date(2030, 3, 2)),
    ],
)
def test_payer_contracts_count_from_their_end(payers, ended_on, blocks, eligible_on):
    answer = explain(facts("TX", payers=payers, contract_ended_on=ended_on))

    assert (answer.blocked_because, answer.eligible_on) == (blocks, eligible_on)


@pytest.mark.parametrize(
    ("series", "code", "eligible_on"),
    [
        ({RecordSeries.DIAGNOSTIC_IMAGE}, "NJ-HOSPITAL-DIAGNOSTIC_IMAGE-R5", date(2025, 3, 2)),
        ({RecordSeries.SUMMARY}, "NJ-HOSPITAL-SUMMARY-D20", date(2040, 3, 2)),
        ({RecordSeries.MAMMOGRAM}, "US-MAMMOGRAM-R10", date(2030, 3, 2)),
        (
            {RecordSeries.HEALTH_RECORD, RecordSeries.SUMMARY},
            "NJ-HOSPITAL-SUMMARY-D20",
            date(2040, 3, 2),
        ),
        (
            {RecordSeries.HEALTH_RECORD, RecordSeries.DIAGNOSTIC_IMAGE},
            "NJ-HOSPITAL-ADULT-D10",
            date(2030, 3, 2),
        ),
    ],
)
def test_each_series_has_its_own_rules_and_a_chart_obeys_all_of_its_series(
    series, code, eligible_on
):
    answer = explain(facts("NJ", series=frozenset(series)))

    assert (answer.governing.rule.code, answer.eligible_on) == (code, eligible_on)


@pytest.mark.parametrize(
    ("as_of", "keeps_until"),
    [(date(2026, 6, 30), date(2025, 3, 1)), (date(2026, 7, 1), date(2035, 3, 1))],
)
def test_a_rule_counts_from_its_first_day_on_for_records_made_before(as_of, keeps_until):
    old = rule("OLD", "D+5", effective_to=date(2026, 6, 30))
    new = rule("NEW", "D+15", effective_from=date(2026, 7, 1))

    answer = explain(facts("PA"), [old, new], as_of)

    assert answer.governing.keeps_until == keeps_until


def test_considered_names_every_rule_in_scope_with_its_reason():
    answer = explain(facts("NY"), LAW)

    assert [(one.rule.code, one.keeps_until, one.skipped) for one in answer.considered] == [
        ("NY-HOSPITAL-ADULT-D6", date(2026, 3, 1), Skipped.NO),
        ("NY-HOSPITAL-ADULT-DEATH6", None, Skipped.STILL_ALIVE),
        ("NY-HOSPITAL-MINOR-A21", None, Skipped.OTHER_POPULATION),
        ("NY-HOSPITAL-MINOR-D6", None, Skipped.OTHER_POPULATION),
        ("US-HOSPITAL-D5", date(2025, 3, 1), Skipped.NO),
    ]


def rule(code, text, **change):
    made = ScheduleRule(
        code=code,
        source=RuleSource.STATE,
        term=terms.parse(text),
        cite="cite",
        certainty=Certainty.HIGH,
        verified_on=AS_OF,
        effective_from=date(1900, 1, 1),
        state="PA",
    )
    return replace(made, **change)


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
        if row.series not in chart.series or row.effective_from > as_of:
            continue
        if row.effective_to and row.effective_to < as_of:
            continue
        if row.state and row.state != chart.state:
            continue
        if row.record_class and row.record_class != chart.record_class:
            continue
        if row.payer and row.payer not in chart.payers:
            continue
        has_state = has_state or row.source == "STATE"
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
        died_on=draw(st.none() | st.dates(days[0], date(2031, 1, 1))),
        child_born_on=draw(st.none() | DAYS),
        contract_ended_on=draw(st.none() | DAYS),
        payers=draw(st.frozensets(st.sampled_from(Payer), max_size=1)),
    )


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


def test_populations_are_all_tested():
    assert {row.population for row in ROWS} == set(Population)
