"""The schedule in force, boiled down to one row of terms for each facility and kind of patient."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Q

from records.retention.enums import Population, RecordSeries, TermKind
from records.retention.models import AgeOfMajority, ScheduleRule

FACILITIES = "SELECT id, state, record_class FROM access_facility ORDER BY id"
ADULT_AGE = 18
OF_KIND = {
    TermKind.AFTER_LAST_ENCOUNTER: "last",
    TermKind.AFTER_RECORD: "record",
    TermKind.UNTIL_BIRTHDAY: "birth",
    TermKind.AFTER_MAJORITY: "birth",
    TermKind.AFTER_DEATH: "death",
}


def in_force(as_of: date) -> Q:
    """Return the condition that a dated row is in force on a day."""
    return Q(effective_from__lte=as_of) & (Q(effective_to=None) | Q(effective_to__gte=as_of))


def get_terms(as_of: date) -> dict[str, list[Any]]:
    """Return the columns of the table of terms, for the statement that evaluates."""
    rules = list(
        ScheduleRule.objects.filter(
            in_force(as_of), series=RecordSeries.HEALTH_RECORD, payer=""
        ).order_by("code")
    )
    ages = dict(AgeOfMajority.objects.filter(in_force(as_of)).values_list("state", "age"))
    columns: dict[str, list[Any]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(FACILITIES)
        facilities = cursor.fetchall()
    for facility_id, state, record_class in facilities:
        majority = ages.get(state, ages.get("", ADULT_AGE))
        for was_minor in (False, True):
            for is_adult in (False, True):
                row = _row(rules, state, record_class, majority, was_minor, is_adult)
                row |= {
                    "facility": facility_id,
                    "was_minor": was_minor,
                    "is_adult": is_adult,
                    "majority": majority,
                }
                for name, value in row.items():
                    columns[name].append(value)
    return columns


def _row(
    rules: list[ScheduleRule],
    state: str,
    record_class: str,
    majority: int,
    was_minor: bool,
    is_adult: bool,
) -> dict[str, Any]:
    populations = {Population.ALL}
    populations |= {Population.MINOR} if was_minor else set()
    populations |= {Population.ADULT} if is_adult else set()
    row: dict[str, Any] = {"block": "" if any(rule.state == state for rule in rules) else None}
    for kind in ("last", "record", "birth", "death"):
        row[f"{kind}_years"] = row[f"{kind}_rule"] = None
    for rule in rules:
        if rule.state not in ("", state) or rule.record_class not in ("", record_class):
            continue
        if rule.population not in populations:
            continue
        if rule.term_kind == TermKind.PERMANENT:
            row["block"] = "PERMANENT"
            continue
        kind = OF_KIND.get(TermKind(rule.term_kind), "")
        years = (rule.years or 0) + (majority if rule.term_kind == TermKind.AFTER_MAJORITY else 0)
        if kind and (row[f"{kind}_years"] is None or years > row[f"{kind}_years"]):
            row[f"{kind}_years"], row[f"{kind}_rule"] = years, rule.pk
    return row
