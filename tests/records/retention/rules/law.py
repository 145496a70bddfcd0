"""The schedule as delivered, asked about charts that tests describe; how long states keep them."""

from dataclasses import replace
from datetime import date

from records.retention import seeds
from records.retention.enums import (
    Certainty,
    RecordClass,
    RuleSource,
)
from records.retention.rules import eligibility, terms
from records.retention.rules.eligibility import ChartFacts
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
