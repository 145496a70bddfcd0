"""The retention schedule changed: the old row ends, a new dated one begins, nothing is overwritten.

ENG-2: of several terms the longest counts, so a new row can never shorten what another one asks.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db import transaction

from accounts.models import User
from audit.enums import Action
from audit.services import events
from audit.writes import attributed
from records.retention import access, seeds
from records.retention.enums import Certainty, TermKind
from records.retention.errors import RuleChanged, RuleRefused
from records.retention.models import AgeOfMajority, ScheduleRule
from records.retention.permissions import CHANGE_SCHEDULE
from records.retention.rules import schedule as rules
from records.retention.rules.terms import Term
from records.retention.selectors import schedule
from records.retention.services import evaluations


@dataclass(frozen=True)
class NewTerms:
    """What a row of the schedule says from a day on."""

    years: int | None
    cite: str
    certainty: Certainty
    effective_from: date
    verified_on: date
    note: str = ""


@attributed
def change(*, actor: User, rule_id: int, terms: NewTerms) -> ScheduleRule:
    """End a row of the schedule and begin a new one the day after.

    Raises:
        RoleMissing: the actor's role does not change the schedule.
        RuleChanged: the row has ended already: somebody was faster.
        RuleRefused: the new row would begin before the old one, or has no term.
    """
    access.check_permission(
        actor, CHANGE_SCHEDULE, Action.SCHEDULE_CHANGED, subject_type="rule", subject_id=rule_id
    )
    old = _lock(rule_id)
    check(old, terms)
    old.effective_to = terms.effective_from - timedelta(days=1)
    old.save(update_fields=["effective_to"])
    new = ScheduleRule.objects.get(pk=rule_id)
    new.pk, new._state.adding, new.effective_to = None, True, None
    for name, value in vars(terms).items():
        setattr(new, name, value)
    new.save()
    _record(actor, new, before=old.years, after=new.years)
    return new


@attributed
def confirm(*, actor: User, rule_id: int, on: date) -> ScheduleRule:
    """Note that somebody has read the row's source again and found it right.

    Raises:
        RoleMissing: the actor's role does not change the schedule.
        RuleChanged: the row has ended already.
    """
    access.check_permission(
        actor, CHANGE_SCHEDULE, Action.SCHEDULE_CHANGED, subject_type="rule", subject_id=rule_id
    )
    row = _lock(rule_id)
    row.certainty, row.verified_on = Certainty.HIGH, on
    row.save(update_fields=["certainty", "verified_on"])
    _record(actor, row, confirmed=True)
    return row


def preview(*, rule_id: int, terms: NewTerms) -> evaluations.Preview:
    """Say what a change would do to the charts, writing nothing.

    Raises:
        RuleChanged, RuleRefused: as `change`.
    """
    old = ScheduleRule.objects.get(pk=rule_id)
    _check_stands(old)
    check(old, terms)
    day = terms.effective_from
    changed = [
        _with(rule, terms) if rule.code == old.code else rule for rule in schedule.load_rules(day)
    ]
    return evaluations.preview(as_of=day, rules=changed)


def check(old: ScheduleRule, terms: NewTerms) -> None:
    """Check that the new row can follow the old one.

    Raises:
        RuleRefused: it would begin before the old one, or has a term that does not fit.
    """
    if terms.effective_from <= old.effective_from:
        raise RuleRefused("The new row must begin after the one it replaces.")
    if (terms.years is None) != (old.term_kind == TermKind.PERMANENT):
        raise RuleRefused("Say how many years the new row keeps the record.")


def sync(**_kwargs: Any) -> int:
    """Load the rows of the shipped schedule that are not there yet; return how many.

    Runs as the owner at the end of `migrate`. A code that is known is left as people made it.
    """
    with transaction.atomic():
        known = set(ScheduleRule.objects.values_list("code", flat=True))
        rows = [_as_row(rule) for rule in seeds.schedule_rows() if rule.code not in known]
        ScheduleRule.objects.bulk_create(rows)
        states = set(AgeOfMajority.objects.values_list("state", flat=True))
        ages = [
            AgeOfMajority(**vars(row)) for row in seeds.majority_rows() if row.state not in states
        ]
        AgeOfMajority.objects.bulk_create(ages)
    return len(rows) + len(ages)


def _lock(rule_id: int) -> ScheduleRule:
    row = ScheduleRule.objects.select_for_update().get(pk=rule_id)
    _check_stands(row)
    return row


def _check_stands(row: ScheduleRule) -> None:
    if row.effective_to is not None:
        raise RuleChanged(action=Action.SCHEDULE_CHANGED, subject_type="rule", subject_id=row.pk)


def _with(rule: rules.ScheduleRule, terms: NewTerms) -> rules.ScheduleRule:
    return replace(
        rule,
        term=Term(rule.term.kind, terms.years),
        effective_from=terms.effective_from,
        effective_to=None,
    )


def _as_row(rule: rules.ScheduleRule) -> ScheduleRule:
    values = {name: value for name, value in vars(rule).items() if name != "term"}
    values |= {"record_class": rule.record_class or "", "payer": rule.payer or ""}
    return ScheduleRule(term_kind=rule.term.kind, years=rule.term.years, **values)


def _record(actor: User, row: ScheduleRule, **detail: Any) -> None:
    events.record(
        action=Action.SCHEDULE_CHANGED,
        actor=actor,
        subject_type="rule",
        subject_id=row.pk,
        detail={"code": row.code, "effective_from": str(row.effective_from), **detail},
    )
