import random
from datetime import date

import pytest

from records.retention.enums import Block
from records.retention.models import Evaluation
from records.retention.rules import eligibility
from records.retention.rules.eligibility import Explanation
from records.retention.selectors import facts as fact_rows
from records.retention.selectors import schedule
from records.retention.services import evaluations
from tests.records.retention import random_charts

pytestmark = pytest.mark.django_db

AS_OF = date(2026, 11, 23)
FROM_ELSEWHERE = {Block.OPEN_ENCOUNTER}


def as_stored(explained: Explanation):
    """What a row of the evaluation says where the rules explain so."""
    own = [block for block in explained.blocked_because if block not in FROM_ELSEWHERE]
    block = str(next(iter([*own, *explained.blocked_because]), ""))
    if own:
        return block, None, None, None
    return (
        block,
        explained.eligible_on,
        explained.governing.keeps_until,
        explained.governing.rule.code,
    )


def stored():
    rows = Evaluation.objects.values_list(
        "patient_id", "block", "eligible_on", "governing_on", "governing__code"
    )
    return {row[0]: row[1:] for row in rows}


def compare(seed: int, count: int) -> None:
    charts = random_charts.make(random.Random(seed), random_charts.make_units(), count)
    random_charts.store(charts)
    rules, majority = schedule.load_rules(AS_OF), schedule.load_majority(AS_OF)

    done = evaluations.evaluate(as_of=AS_OF)

    found = stored()
    expected = {
        chart.patient_id: as_stored(eligibility.explain(chart.facts, rules, majority, as_of=AS_OF))
        for chart in charts
    }
    differing = {
        key: (found.get(key), expected[key]) for key in expected if found.get(key) != expected[key]
    }
    assert differing == {}
    assert done.charts == done.changed == count
    assert {answer[0] for answer in expected.values()} >= {"", "NO_STATE_RULE", "BIRTH_UNKNOWN"}
    assert "US-PRIVACY_DOCUMENT-R6" in {answer[3] for answer in expected.values()}
    sample = random.Random(seed).sample(charts, 50)
    selected = fact_rows.get_facts([chart.patient_id for chart in sample])
    assert [selected[chart.patient_id] for chart in sample] == [chart.facts for chart in sample]


@pytest.mark.goal("G-43")
def test_evaluate_answers_as_the_rules_explain():
    compare(seed=20261123, count=3000)


@pytest.mark.goal("G-43")
@pytest.mark.deep
@pytest.mark.parametrize("seed", range(5))
def test_evaluate_answers_as_the_rules_explain_a_hundred_thousand_times(seed):
    compare(seed=seed, count=20000)
