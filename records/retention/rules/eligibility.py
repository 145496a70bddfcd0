"""From when on a chart may be destroyed, and which rule says so (rules 4.1).

The day after the latest date of all rules that apply. Compact, so that the nightly evaluation can
do the same in SQL; in its terms:

    service_first  = coalesce(first_encounter_on, last_encounter_on)
    record_made    = coalesce(record_on, last_encounter_on)
    came_of_age    = born_on + majority years          (29 Feb in a common year: 1 Mar)
    was_adult      = last_encounter_on >= came_of_age
    minor_birth    = greatest(born_on if service_first < came_of_age, child_born_on)

    a row counts if it is in force, its state, class and payer are empty or the chart's, its series
    is among the chart's, and its population is ALL, or ADULT and was_adult, or MINOR and
    minor_birth is known; rows for MINOR count birthdays from minor_birth, others from born_on;
    a row after death counts for the dead only

    a row for privacy documents counts for a chart that has one, whatever the chart's series, if
    its term counts from the record, and then from privacy_on; with another kind of term it says
    nothing of a chart

    eligible_on    = max(date) + 1; governing: latest date, then source rank, then code
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from records.retention.enums import (
    Block,
    Population,
    RecordClass,
    RecordSeries,
    RuleSource,
    TermKind,
)
from records.retention.rules import terms
from records.retention.rules.schedule import SOURCE_RANK, MajorityRow, ScheduleRule, majority_age
from records.retention.rules.terms import Anchors


@dataclass(frozen=True)
class ChartFacts:
    """What the rules look at.

    `born_on` is the latest day of birth that its precision allows. `child_born_on` is set on an
    obstetric record: it is kept as long as the child's. `record_on` is the day of the newest item,
    or of the item that is asked about; `privacy_on` the newest day that counts for its privacy
    documents: when one was made, or last in effect. `blocks` are those that other rooms report.
    """

    state: str
    record_class: RecordClass
    born_on: date | None
    last_encounter_on: date | None
    first_encounter_on: date | None = None
    record_on: date | None = None
    privacy_on: date | None = None
    died_on: date | None = None
    child_born_on: date | None = None
    contract_ended_on: date | None = None
    payers: frozenset[str] = frozenset()
    series: frozenset[str] = frozenset({RecordSeries.HEALTH_RECORD})
    blocks: frozenset[Block] = frozenset()


class Skipped(StrEnum):
    """Why a rule of the right state, class and series gives no date."""

    NO = ""
    OTHER_POPULATION = "OTHER_POPULATION"
    STILL_ALIVE = "STILL_ALIVE"
    TRIGGER_UNKNOWN = "TRIGGER_UNKNOWN"
    PERMANENT = "PERMANENT"


@dataclass(frozen=True)
class Considered:
    """One rule and the last day on which it keeps the record, or why it gives none."""

    rule: ScheduleRule
    keeps_until: date | None
    skipped: Skipped = Skipped.NO


@dataclass(frozen=True)
class Explanation:
    """The answer, the rule it comes from, every rule weighed, and what blocks.

    A block of the facts themselves leaves no date; one of another room leaves the date.
    """

    eligible_on: date | None
    governing: Considered | None
    considered: tuple[Considered, ...]
    blocked_because: tuple[Block, ...]

    def is_eligible(self, on: date) -> bool:
        """Tell whether the chart may be destroyed on the day."""
        return not self.blocked_because and self.eligible_on is not None and self.eligible_on <= on


@dataclass(frozen=True)
class _Lives:
    """The person's ages at service, worked out once; `minor` counts from the minor's birth."""

    was_adult: bool
    minor_birth: date | None
    anchors: Anchors
    minor: Anchors
    privacy_on: date | None

    def anchors_of(self, rule: ScheduleRule) -> Anchors:
        """Return the days that a rule counts from."""
        found = self.minor if rule.population == Population.MINOR else self.anchors
        if rule.counts_from_privacy and self.privacy_on is not None:
            return replace(found, record_on=self.privacy_on)
        return found


def explain(
    facts: ChartFacts,
    rules: Iterable[ScheduleRule],
    majority: Iterable[MajorityRow],
    *,
    as_of: date,
) -> Explanation:
    """Say from when on a chart may be destroyed, weighing every rule in force on `as_of`.

    Raises:
        MajorityUnknown: no age of majority is in force for the state.
    """
    found = _fact_blocks(facts)
    if found or facts.born_on is None or facts.last_encounter_on is None:
        return Explanation(None, None, (), _in_order(found | facts.blocks))
    age = majority_age(facts.state, majority, as_of=as_of)
    lives = _lives(facts, facts.born_on, facts.last_encounter_on, age)
    scoped = sorted(
        (rule for rule in rules if _is_in_scope(rule, facts, as_of)), key=lambda rule: rule.code
    )
    considered = tuple(_consider(rule, lives) for rule in scoped)
    governing = _governing(considered)
    found = _rule_blocks(facts, considered, governing)
    eligible_on = None
    if not found and governing is not None and governing.keeps_until is not None:
        eligible_on = governing.keeps_until + timedelta(days=1)
    return Explanation(
        eligible_on=eligible_on,
        governing=governing,
        considered=considered,
        blocked_because=_in_order(found | facts.blocks),
    )


def _fact_blocks(facts: ChartFacts) -> frozenset[Block]:
    """Find what makes any answer impossible: no birth date, no encounter, dates at odds."""
    found = set()
    if facts.born_on is None:
        found.add(Block.BIRTH_UNKNOWN)
    if facts.last_encounter_on is None:
        found.add(Block.TRIGGER_UNKNOWN)
    if _contradict(facts):
        found.add(Block.DATES_CONTRADICT)
    return frozenset(found)


def _contradict(facts: ChartFacts) -> bool:
    first = facts.first_encounter_on or facts.last_encounter_on
    order = ((facts.born_on, first), (facts.born_on, facts.died_on))
    return any(early and late and early > late for early, late in order) or bool(
        first and facts.last_encounter_on and first > facts.last_encounter_on
    )


def _is_in_scope(rule: ScheduleRule, facts: ChartFacts, as_of: date) -> bool:
    return (
        rule.is_in_force(as_of)
        and _is_in_series(rule, facts)
        and rule.state in ("", facts.state)
        and rule.record_class in (None, facts.record_class)
        and (rule.payer is None or rule.payer in facts.payers)
    )


def _is_in_series(rule: ScheduleRule, facts: ChartFacts) -> bool:
    """A privacy document keeps its chart: a chart is destroyed with all that is in it."""
    return rule.series in facts.series or (
        rule.counts_from_privacy and facts.privacy_on is not None
    )


def _lives(facts: ChartFacts, born_on: date, last: date, majority: int) -> _Lives:
    came_of_age = terms.add_years(born_on, majority)
    was_minor = (facts.first_encounter_on or last) < came_of_age
    births = [day for day in (born_on if was_minor else None, facts.child_born_on) if day]
    minor_birth = max(births, default=None)
    anchors = Anchors(
        born_on=born_on,
        majority=majority,
        last_encounter_on=last,
        record_on=facts.record_on or last,
        died_on=facts.died_on,
        contract_ended_on=facts.contract_ended_on,
    )
    return _Lives(
        was_adult=last >= came_of_age,
        minor_birth=minor_birth,
        anchors=anchors,
        minor=replace(anchors, born_on=minor_birth),
        privacy_on=facts.privacy_on,
    )


def _consider(rule: ScheduleRule, lives: _Lives) -> Considered:
    is_minor = rule.population == Population.MINOR
    if (is_minor and lives.minor_birth is None) or (
        rule.population == Population.ADULT and not lives.was_adult
    ):
        return Considered(rule, None, Skipped.OTHER_POPULATION)
    if rule.term.kind == TermKind.PERMANENT:
        return Considered(rule, None, Skipped.PERMANENT)
    keeps_until = terms.last_day(rule.term, lives.anchors_of(rule))
    if keeps_until is None:
        is_alive = rule.term.kind == TermKind.AFTER_DEATH
        return Considered(rule, None, Skipped.STILL_ALIVE if is_alive else Skipped.TRIGGER_UNKNOWN)
    return Considered(rule, keeps_until)


def _governing(considered: Iterable[Considered]) -> Considered | None:
    """Return the rule that keeps the record longest; of several, the law before the policy."""
    weighed = [
        one for one in considered if one.keeps_until is not None or one.skipped == Skipped.PERMANENT
    ]
    return min(
        weighed,
        key=lambda one: (
            -(one.keeps_until or date.max).toordinal(),
            SOURCE_RANK[one.rule.source],
            one.rule.code,
        ),
        default=None,
    )


def _rule_blocks(
    facts: ChartFacts, considered: Iterable[Considered], governing: Considered | None
) -> frozenset[Block]:
    """Find what the rules themselves leave open: a state without rows, a day not known, for ever.

    A state whose law sets no period has a row that says so; one without any row was not looked at.
    """
    found = set()
    reasons = {one.skipped for one in considered}
    has_state = any(
        one.rule.source == RuleSource.STATE and one.rule.series == RecordSeries.HEALTH_RECORD
        for one in considered
    )
    needs_state = RecordSeries.HEALTH_RECORD in facts.series
    if governing is None or (needs_state and not has_state):
        found.add(Block.NO_STATE_RULE)
    if Skipped.TRIGGER_UNKNOWN in reasons:
        found.add(Block.TRIGGER_UNKNOWN)
    if Skipped.PERMANENT in reasons:
        found.add(Block.PERMANENT)
    return frozenset(found)


def _in_order(blocks: frozenset[Block]) -> tuple[Block, ...]:
    return tuple(block for block in Block if block in blocks)
