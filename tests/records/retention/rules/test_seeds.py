import re
from collections import Counter
from datetime import date

import pytest

from records.retention import seeds
from records.retention.enums import Certainty, Population, RecordClass, RecordSeries, RuleSource
from records.retention.rules import schedule
from records.retention.rules.schedule import MajorityRow, MajorityUnknown

ROWS = seeds.schedule_rows()
AS_OF = date(2026, 11, 22)
STATES = (
    "AL AK AZ AR CA CO CT FL GA HI IL IN KS KY LA MD MA MI MN MO NE NV NJ NY NC OH OK OR PA SC TN "
    "TX VA WA WI"
)


def test_every_state_of_the_table_has_a_hospital_rule():
    found = {
        row.state
        for row in ROWS
        if row.source == RuleSource.STATE
        and row.record_class == RecordClass.HOSPITAL
        and row.series == RecordSeries.HEALTH_RECORD
    }

    assert found == set(re.findall("[A-Z]{2}", STATES))


def test_codes_are_unique_and_fit_their_column():
    counted = Counter(row.code for row in ROWS)

    assert [code for code, count in counted.items() if count > 1] == []
    assert max(map(len, counted)) <= 60


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.code)
def test_every_row_has_source_and_date_and_fits(row):
    assert row.cite
    assert row.verified_on == AS_OF
    assert row.is_in_force(AS_OF)
    assert len(row.cite) <= 200
    assert len(row.note) <= 300
    assert len(row.source_tag) <= 60
    assert (row.term.years is None) == (str(row.term) == "P")
    assert bool(row.state) == (
        row.source == RuleSource.STATE or row.code == "CA-POLICY-PHYSICIAN-D10"
    )


def test_doubtful_rows_are_marked():
    doubtful = {row.state for row in ROWS if row.certainty == Certainty.LOW}

    assert doubtful == {"AL", "FL", "KS", "MN", "SC", "WA"}


@pytest.mark.parametrize(
    ("code", "text", "population", "series"),
    [
        ("NJ-HOSPITAL-MINOR-A23", "A23", Population.MINOR, RecordSeries.HEALTH_RECORD),
        ("NJ-HOSPITAL-SUMMARY-D20", "D+20", Population.ALL, RecordSeries.SUMMARY),
        ("US-HOSPITAL-D5", "D+5", Population.ALL, RecordSeries.HEALTH_RECORD),
        ("US-PROFESSIONAL-MASTER_INDEX-P", "P", Population.ALL, RecordSeries.MASTER_INDEX),
        ("AL-HOSPITAL-MINOR-MAJ5", "Maj+5", Population.MINOR, RecordSeries.HEALTH_RECORD),
    ],
)
def test_a_code_says_what_the_row_holds(code, text, population, series):
    row = next(row for row in ROWS if row.code == code)

    assert (str(row.term), row.population, row.series) == (text, population, series)


@pytest.mark.parametrize(
    ("state", "age"), [("PA", 18), ("AL", 19), ("NE", 19), ("MS", 21), ("PR", 21), ("", 18)]
)
def test_ages_of_majority(state, age):
    assert schedule.majority_age(state, seeds.majority_rows(), as_of=AS_OF) == age


def test_a_row_of_majority_counts_while_it_is_in_force():
    rows = [
        MajorityRow("MS", 21, "old", AS_OF, date(1900, 1, 1), date(2026, 12, 31)),
        MajorityRow("MS", 18, "new", AS_OF, date(2027, 1, 1)),
    ]

    assert schedule.majority_age("MS", rows, as_of=date(2026, 12, 31)) == 21
    assert schedule.majority_age("MS", rows, as_of=date(2027, 1, 1)) == 18
    with pytest.raises(MajorityUnknown, match="PA on 2027-01-01"):
        schedule.majority_age("PA", rows, as_of=date(2027, 1, 1))


def test_every_source_has_a_rank():
    assert set(schedule.SOURCE_RANK) == set(RuleSource)
