"""A chart waits for its newest privacy document (45 CFR 164.508(b)(6), 164.530(j))."""

from datetime import date

import pytest

from records.documents import seeds as documents
from records.retention import privacy
from records.retention.enums import Block, Population, RecordSeries
from records.retention.rules.eligibility import Skipped
from tests.records.retention.rules.law import CHILD, ROWS, explain, facts, rule

PRIVACY = "US-PRIVACY_DOCUMENT-R6"
TEXAS = "TX-HOSPITAL-ADULT-D10"


def privacy_rule(code, text, **change):
    return rule(code, text, **{"state": "", "series": RecordSeries.PRIVACY_DOCUMENT} | change)


# Last seen in Texas on 2020-03-01, so that care alone keeps the chart until 2030-03-01.
@pytest.mark.parametrize(
    ("privacy_on", "code", "eligible_on"),
    [
        pytest.param(None, TEXAS, date(2030, 3, 2), id="none"),
        pytest.param(date(2026, 11, 20), PRIVACY, date(2032, 11, 21), id="signed"),
        pytest.param(date(2027, 11, 20), PRIVACY, date(2033, 11, 21), id="expires later"),
        pytest.param(date(2023, 3, 1), TEXAS, date(2030, 3, 2), id="care is later"),
        pytest.param(date(2024, 3, 1), TEXAS, date(2030, 3, 2), id="the same day: the state"),
        pytest.param(date(2024, 3, 2), PRIVACY, date(2030, 3, 3), id="one day more"),
        pytest.param(date(2028, 2, 29), PRIVACY, date(2034, 3, 2), id="29 February"),
    ],
)
def test_a_chart_is_kept_six_years_after_its_newest_privacy_document(privacy_on, code, eligible_on):
    answer = explain(facts("TX", privacy_on=privacy_on))

    assert (answer.governing.rule.code, answer.eligible_on) == (code, eligible_on)
    assert answer.blocked_because == ()


def test_the_rule_counts_for_a_child_too():
    answer = explain(facts("TX", **CHILD, privacy_on=date(2026, 11, 20)))

    assert (answer.governing.rule.code, answer.eligible_on) == (PRIVACY, date(2032, 11, 21))


def test_the_rule_is_weighed_for_charts_with_a_privacy_document_only():
    codes = [
        [one.rule.code for one in explain(facts("TX", privacy_on=day)).considered]
        for day in (None, date(2001, 1, 1))
    ]

    assert PRIVACY not in codes[0]
    assert codes[1] == sorted([*codes[0], PRIVACY])


def test_the_newest_document_of_care_is_not_counted_from():
    answer = explain(facts("TX", record_on=date(2026, 11, 20), privacy_on=date(2001, 1, 1)))

    kept = {one.rule.code: one.keeps_until for one in answer.considered}
    assert kept[PRIVACY] == date(2007, 1, 1)


@pytest.mark.parametrize("text", ["D+30", "A90", "Maj+60", "Death+40", "C+10", "P"])
def test_other_terms_of_the_series_say_nothing_of_a_chart(text):
    chart = facts("TX", privacy_on=date(2001, 1, 1))

    answer = explain(chart, [*ROWS, privacy_rule("OTHER", text)])

    assert "OTHER" not in {one.rule.code for one in answer.considered}
    assert (answer.eligible_on, answer.blocked_because) == (date(2030, 3, 2), ())


@pytest.mark.parametrize(
    ("change", "skipped"),
    [
        ({}, Skipped.NO),
        ({"population": Population.ADULT}, Skipped.NO),
        ({"population": Population.MINOR}, Skipped.OTHER_POPULATION),
    ],
)
def test_a_house_may_keep_them_longer_for_some(change, skipped):
    chart = facts("TX", privacy_on=date(2026, 11, 20))

    answer = explain(chart, [*ROWS, privacy_rule("HOUSE", "R+9", **change)])

    house = next(one for one in answer.considered if one.rule.code == "HOUSE")
    kept = date(2035, 11, 20) if skipped == Skipped.NO else None
    assert (house.keeps_until, house.skipped) == (kept, skipped)


def test_a_states_rule_on_privacy_documents_says_nothing_of_its_rule_on_care():
    chart = facts("PA", privacy_on=date(2026, 11, 20))

    answer = explain(chart, [privacy_rule("PA-PRIVACY", "R+6", state="PA")])

    assert (answer.eligible_on, answer.blocked_because) == (None, (Block.NO_STATE_RULE,))


def test_every_type_that_counts_is_one_of_the_house():
    assert set(privacy.TYPES) <= {code for code, *_ in documents.TYPES}
