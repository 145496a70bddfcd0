from datetime import date, timedelta

import pytest

from records.retention.enums import (
    Block,
    Payer,
    Population,
    RecordClass,
    RecordSeries,
)
from records.retention.rules.eligibility import Skipped
from tests.records.retention.rules.law import (
    AS_OF,
    CHILD,
    HOSPITAL,
    HOSPITALS,
    LAW,
    PHYSICIAN,
    PHYSICIANS,
    ROWS,
    STATE_LAW,
    explain,
    facts,
    rule,
    until,
)


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


@pytest.mark.goal("G-43")
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


@pytest.mark.goal("G-44")
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


def test_populations_are_all_tested():
    assert {row.population for row in ROWS} == set(Population)
