"""One chart's retention in words: every rule weighed, and what blocks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from printing.words import day
from records.retention.presenters import words
from records.retention.rules.eligibility import ChartFacts, Considered, Explanation, Skipped
from records.retention.rules.schedule import ScheduleRule

SKIPPED = {
    Skipped.OTHER_POPULATION: "for others: the patient's age at service is not that of this rule",
    Skipped.STILL_ALIVE: "counts for the dead only",
    Skipped.TRIGGER_UNKNOWN: "the day it counts from is not known",
    Skipped.PERMANENT: "keeps it for ever",
}


@dataclass(frozen=True)
class RuleLine:
    """A rule as it was weighed."""

    code: str
    term: str
    cite: str
    certainty: str
    tone: str
    keeps_until: date | None
    skipped: str
    is_governing: bool


@dataclass(frozen=True)
class Answer:
    """What the page says of a chart."""

    eligible_on: date | None
    is_eligible: bool
    governing: RuleLine | None
    lines: list[RuleLine]
    blocks: list[str]


def present(explained: Explanation, facts: ChartFacts, today: date) -> Answer:
    """Return an explanation in words, the rule that decides first, others by date."""
    found = [_line(one, facts, one == explained.governing) for one in explained.considered]
    found.sort(key=lambda line: (not line.is_governing, _latest_first(line), line.code))
    return Answer(
        eligible_on=explained.eligible_on,
        is_eligible=explained.is_eligible(today),
        governing=next((line for line in found if line.is_governing), None),
        lines=found,
        blocks=blocks(explained.blocked_because),
    )


def blocks(codes: Iterable[str]) -> list[str]:
    """Return what blocks, in words."""
    return [words.obstacle(str(code)) for code in codes]


def _latest_first(line: RuleLine) -> int:
    return -line.keeps_until.toordinal() if line.keeps_until else 0


def _line(one: Considered, facts: ChartFacts, is_governing: bool) -> RuleLine:
    certainty = one.rule.certainty
    return RuleLine(
        code=one.rule.code,
        term=_term(one.rule, facts),
        cite=one.rule.cite,
        certainty=str(certainty.label),
        tone={"HIGH": "ok", "MEDIUM": "neutral", "LOW": "warn"}[certainty],
        keeps_until=one.keeps_until,
        skipped=SKIPPED.get(one.skipped, ""),
        is_governing=is_governing,
    )


def _term(rule: ScheduleRule, facts: ChartFacts) -> str:
    """Say a term; of one that counts from a privacy document, from which day it counts."""
    said = words.term(rule.term.kind, rule.term.years, rule.series)
    is_counted = rule.counts_from_privacy and facts.privacy_on is not None
    return f"{said}, {day(facts.privacy_on)}" if is_counted else said
