"""By when a request has to be answered: the shortest of all clocks that run (ENG-2).

Day 0 is the day of receipt. Rows come from rules 1.2-1.4, 6.2 and 6.3; a state row for which the
statute was not read is marked in its cite.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from requests_release.enums import DueAct, DueForce, DueUnit, RequesterKind, RequestKind
from requests_release.rules import calendars
from requests_release.rules.due_rows import DUE_RULES, DueRule


@dataclass(frozen=True)
class DueFacts:
    """What the clocks look at.

    `stated_on` is the date in the order, subpoena, notice or letter; `record_class` is "" for
    clocks that do not depend on it.
    """

    kind: RequestKind
    requester: RequesterKind
    received_on: date
    state: str = ""
    record_class: str = ""
    act: DueAct = DueAct.COPY
    stated_on: date | None = None
    is_urgent: bool = False
    holidays: frozenset[date] = frozenset()


@dataclass(frozen=True)
class Clock:
    """One rule and the day on which it falls due, also when extended."""

    rule: DueRule
    due_on: date
    extended_on: date


@dataclass(frozen=True)
class DueDate:
    """The day that counts, the rule it comes from, and every clock that was looked at.

    Where a law sets a limit, `due_on` is the law's and `target_on` the house's earlier aim.
    """

    due_on: date
    rule: DueRule
    extended_on: date
    target_on: date
    clocks: tuple[Clock, ...]

    @property
    def can_extend(self) -> bool:
        """Tell whether an extension would move the date at all."""
        return self.extended_on > self.due_on


class ExtensionFinding(StrEnum):
    """Why a notice of extension does not extend."""

    NOT_EXTENDABLE = "NOT_EXTENDABLE"
    ALREADY_EXTENDED = "ALREADY_EXTENDED"
    NOTICE_TOO_LATE = "NOTICE_TOO_LATE"
    NOTICE_BEFORE_RECEIPT = "NOTICE_BEFORE_RECEIPT"
    NO_REASON = "NO_REASON"
    NO_COMPLETION_DATE = "NO_COMPLETION_DATE"
    COMPLETION_TOO_EARLY = "COMPLETION_TOO_EARLY"
    COMPLETION_TOO_LATE = "COMPLETION_TOO_LATE"


def find_due_date(facts: DueFacts, rules: Iterable[DueRule] = DUE_RULES) -> DueDate | None:
    """Return by when the request is due, or None where no rule names a day.

    The shortest legal limit counts; without one, the shortest target does.
    """
    clocks = sorted(
        (clock for rule in rules if (clock := _clock(rule, facts)) is not None),
        key=lambda clock: (clock.due_on, clock.rule.code),
    )
    if not clocks:
        return None
    legal = [clock for clock in clocks if clock.rule.force == DueForce.LEGAL]
    binding = legal or clocks
    return DueDate(
        due_on=binding[0].due_on,
        rule=binding[0].rule,
        extended_on=min(clock.extended_on for clock in binding),
        target_on=clocks[0].due_on,
        clocks=tuple(clocks),
    )


def find_stated(
    kind: RequestKind, requester: RequesterKind, rules: Iterable[DueRule] = DUE_RULES
) -> DueRule | None:
    """Return the rule whose day is the one that the request itself states, if there is one."""
    return next(
        (
            rule
            for rule in rules
            if rule.kind == kind and requester in rule.requesters and rule.unit == DueUnit.STATED
        ),
        None,
    )


def find_missing(facts: DueFacts, rules: Iterable[DueRule] = DUE_RULES) -> DueRule | None:
    """Return the rule whose stated day a request lacks, if none else says by when it is due."""
    rows = tuple(rules)
    if find_due_date(facts, rows) is not None:
        return None
    return find_stated(facts.kind, facts.requester, rows)


def _clock(rule: DueRule, facts: DueFacts) -> Clock | None:
    """Return the rule's clock, or None where it does not run for this request."""
    if not _applies(rule, facts):
        return None
    if rule.unit == DueUnit.STATED:
        stated = facts.stated_on
        return Clock(rule, stated, stated) if stated else None
    if rule.unit == DueUnit.WORKING_DAYS:
        due_on = calendars.add_working_days(facts.received_on, rule.count, facts.holidays)
    else:
        due_on = calendars.add_days(facts.received_on, rule.count)
    return Clock(rule, due_on, calendars.add_days(due_on, rule.extension_days))


def _applies(rule: DueRule, facts: DueFacts) -> bool:
    return (
        rule.kind == facts.kind
        and facts.requester in rule.requesters
        and rule.is_in_force(facts.received_on)
        and rule.state in ("", facts.state)
        and rule.record_class in ("", facts.record_class)
        and rule.act in (DueAct.ACT, facts.act)
        and (facts.is_urgent or not rule.is_for_urgent)
    )


def extension_findings(
    due: DueDate,
    *,
    received_on: date,
    notice_on: date,
    reason: str,
    complete_by: date | None,
    is_extended: bool,
) -> list[ExtensionFinding]:
    """List why a written notice does not extend the time; an empty list means it does.

    One extension, noticed inside the first period with its reason and a completion date:
    45 CFR 164.524(b)(2)(ii), 164.526(b)(2)(ii), 164.528(c)(1)(ii).
    """
    checks = {
        ExtensionFinding.NOT_EXTENDABLE: not due.can_extend,
        ExtensionFinding.ALREADY_EXTENDED: is_extended,
        ExtensionFinding.NOTICE_TOO_LATE: notice_on > due.due_on,
        ExtensionFinding.NOTICE_BEFORE_RECEIPT: notice_on < received_on,
        ExtensionFinding.NO_REASON: not reason.strip(),
        ExtensionFinding.NO_COMPLETION_DATE: complete_by is None,
        # A day within the first period extends nothing, and would use up the one extension.
        ExtensionFinding.COMPLETION_TOO_EARLY: (
            due.can_extend and complete_by is not None and complete_by <= due.due_on
        ),
        ExtensionFinding.COMPLETION_TOO_LATE: (
            complete_by is not None and complete_by > due.extended_on
        ),
    }
    return [finding for finding, is_so in checks.items() if is_so]
