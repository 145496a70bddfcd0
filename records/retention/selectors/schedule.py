"""The schedule: its rows as the pages show them, and as the rules weigh them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet

from records.retention.enums import (
    Certainty,
    Payer,
    Population,
    RecordClass,
    RecordSeries,
    RuleSource,
    TermKind,
)
from records.retention.errors import RuleUnknown
from records.retention.models import AgeOfMajority, ScheduleRule
from records.retention.rules import schedule as rules
from records.retention.rules.terms import Term


def in_force(as_of: date) -> Q:
    """Return the condition that a dated row is in force on a day."""
    return Q(effective_from__lte=as_of) & (Q(effective_to=None) | Q(effective_to__gte=as_of))


def list_rows(
    *, state: str = "", series: str = "", certainty: str = "", as_of: date
) -> QuerySet[ScheduleRule]:
    """Return the rows in force on a day, by state and code; a state's with those of every state."""
    rows = ScheduleRule.objects.filter(in_force(as_of))
    if state:
        rows = rows.filter(state__in=["", state])
    if series:
        rows = rows.filter(series=series)
    if certainty:
        rows = rows.filter(certainty=certainty)
    return rows.order_by("state", "series", "code")


def get_row(rule_id: int) -> ScheduleRule:
    """Return a row.

    Raises:
        RuleUnknown: no such row.
    """
    row = ScheduleRule.objects.filter(pk=rule_id).first()
    if row is None:
        raise RuleUnknown(subject_type="rule", subject_id=rule_id)
    return row


def list_history(code: str) -> list[ScheduleRule]:
    """Return every row that a code has had, newest first."""
    return list(ScheduleRule.objects.filter(code=code).order_by("-effective_from"))


def count_doubtful(as_of: date) -> int:
    """Return how many rows in force must be confirmed before their use."""
    rows = ScheduleRule.objects.filter(in_force(as_of))
    return rows.exclude(certainty=Certainty.HIGH).count()


def list_states() -> list[str]:
    """Return the states that have rows of their own."""
    rows = ScheduleRule.objects.exclude(state="").order_by("state")
    return list(rows.values_list("state", flat=True).distinct())


def load_rules(as_of: date) -> list[rules.ScheduleRule]:
    """Return the rows in force on a day, as the rules weigh them."""
    return [as_rule(row) for row in ScheduleRule.objects.filter(in_force(as_of)).order_by("code")]


def load_majority(as_of: date) -> list[rules.MajorityRow]:
    """Return the ages of majority in force on a day."""
    return [
        rules.MajorityRow(
            state=row.state,
            age=row.age,
            cite=row.cite,
            verified_on=row.verified_on,
            effective_from=row.effective_from,
            effective_to=row.effective_to,
        )
        for row in AgeOfMajority.objects.filter(in_force(as_of)).order_by("state")
    ]


def map_ids(codes: Iterable[str], as_of: date) -> dict[str, int]:
    """Return the id of the row that each code has on a day."""
    rows = ScheduleRule.objects.filter(in_force(as_of), code__in=list(codes))
    return dict(rows.values_list("code", "pk"))


def as_rule(row: ScheduleRule) -> rules.ScheduleRule:
    """Return a stored row as the rules weigh it."""
    return rules.ScheduleRule(
        code=row.code,
        source=RuleSource(row.source),
        term=Term(TermKind(row.term_kind), row.years),
        cite=row.cite,
        certainty=Certainty(row.certainty),
        verified_on=row.verified_on,
        effective_from=row.effective_from,
        effective_to=row.effective_to,
        state=row.state,
        record_class=RecordClass(row.record_class) if row.record_class else None,
        series=RecordSeries(row.series),
        population=Population(row.population),
        payer=Payer(row.payer) if row.payer else None,
        source_tag=row.source_tag,
        note=row.note,
    )
