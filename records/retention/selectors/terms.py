"""The schedule in force, boiled down to one row of terms for each facility and kind of patient.

A rule that counts from the same day as another and ends earlier never decides. So of all rules
that count from the last encounter (from the record, the birth, the death, the newest privacy
document) one is left for each
facility and each kind of patient, and with it its rank, by which rules that end on the same day
are told apart as `rules.eligibility` does: law before policy, then by code.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any

from django.db import connection

from records.retention.enums import Block, Population, RecordSeries, RuleSource, TermKind
from records.retention.rules.schedule import SOURCE_RANK, ScheduleRule, majority_age
from records.retention.selectors import schedule

FACILITIES = "SELECT id, state, record_class FROM access_facility ORDER BY id"
BASES = ("last", "record", "birth", "death", "privacy")
BASE_OF = {
    TermKind.AFTER_LAST_ENCOUNTER: "last",
    TermKind.AFTER_RECORD: "record",
    TermKind.UNTIL_BIRTHDAY: "birth",
    TermKind.AFTER_MAJORITY: "birth",
    TermKind.AFTER_DEATH: "death",
}
FIELDS = (
    "facility",
    "was_minor",
    "was_adult",
    "majority",
    "block",
    *(f"{base}_{part}" for base in BASES for part in ("years", "rank")),
)


@dataclass(frozen=True)
class Terms:
    """The columns of the table of terms, and the id of the rule of each rank."""

    columns: dict[str, list[Any]]
    rule_ids: list[int]


def get_terms(as_of: date, rules: Sequence[ScheduleRule] | None = None) -> Terms:
    """Return the table of terms by the rows in force on a day, or by `rules` in their place."""
    rules = schedule.load_rules(as_of) if rules is None else rules
    weighed = [
        rule
        for rule in rules
        if (rule.series == RecordSeries.HEALTH_RECORD or rule.counts_from_privacy)
        and rule.payer is None
        and rule.is_in_force(as_of)
    ]
    weighed.sort(key=lambda rule: (SOURCE_RANK[rule.source], rule.code))
    ids = schedule.map_ids((rule.code for rule in weighed), as_of)
    majority = schedule.load_majority(as_of)
    with connection.cursor() as cursor:
        cursor.execute(FACILITIES)
        facilities = cursor.fetchall()
    columns: dict[str, list[Any]] = {name: [] for name in FIELDS}
    for (facility, state, record_class), was_minor, was_adult in product(
        facilities, (False, True), (False, True)
    ):
        age = majority_age(state, majority, as_of=as_of)
        found = _boil_down(weighed, state, record_class, age, was_minor, was_adult)
        values = {"facility": facility, "was_minor": was_minor, "was_adult": was_adult} | found
        for name in FIELDS:
            columns[name].append(values[name])
    return Terms(columns, [ids.get(rule.code, 0) for rule in weighed])


def _boil_down(
    weighed: Sequence[ScheduleRule],
    state: str,
    record_class: str,
    majority: int,
    was_minor: bool,
    was_adult: bool,
) -> dict[str, Any]:
    """Return the longest term of each base; ranks count from 1, and 0 means none."""
    row: dict[str, Any] = {"majority": majority}
    row |= {f"{base}_years": None for base in BASES} | {f"{base}_rank": None for base in BASES}
    in_scope = [
        (rank, rule)
        for rank, rule in enumerate(weighed, 1)
        if rule.state in ("", state) and (rule.record_class or record_class) == record_class
    ]
    has_state = any(
        rule.source == RuleSource.STATE and rule.series == RecordSeries.HEALTH_RECORD
        for _, rule in in_scope
    )
    applied = {Population.ALL: True, Population.MINOR: was_minor, Population.ADULT: was_adult}
    blocks = set() if has_state else {Block.NO_STATE_RULE}
    for rank, rule in in_scope:
        if not applied[rule.population]:
            continue
        base = "privacy" if rule.counts_from_privacy else BASE_OF.get(rule.term.kind)
        if base is None:
            is_permanent = rule.term.kind == TermKind.PERMANENT
            blocks.add(Block.PERMANENT if is_permanent else Block.TRIGGER_UNKNOWN)
            continue
        years = (rule.term.years or 0) + (
            majority if rule.term.kind == TermKind.AFTER_MAJORITY else 0
        )
        if row[f"{base}_years"] is None or years > row[f"{base}_years"]:
            row[f"{base}_years"], row[f"{base}_rank"] = years, rank
    row["block"] = next((str(block) for block in Block if block in blocks), "")
    return row
