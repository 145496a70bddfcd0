"""What codes of this room are called on its pages."""

from __future__ import annotations

from datetime import date

from jobs import failures
from records.retention.enums import Block, ItemOutcome, RecordSeries, TermKind
from records.retention.selectors import charts

NOT_DUE_YET = "Not due yet"
NOT_DUE = (charts.NOT_DUE, charts.NOT_EVALUATED)
LEFT_OUT = "Left out"
WORDS: dict[str, str] = {
    **{str(block): str(block.label) for block in Block},
    charts.NOT_EVALUATED: "Not evaluated yet: waits for the night",
    charts.NOT_DUE: NOT_DUE_YET,
    charts.IN_BATCH: "In a batch already",
    charts.DESTROYED: "Destroyed already",
    charts.CLOSED: "Merged into another chart",
    "CONTENTS_CHANGED": "Documents or visits were added after it was proposed",
    "TAKEN_OUT": "Taken out when it was proposed again",
    "BATCH_CANCELLED": "The batch was cancelled",
}
# Nought years: until the very day, or a law that was looked up and sets no period.
NO_TERM: dict[str, str] = {
    TermKind.AFTER_MAJORITY: "until coming of age",
    TermKind.AFTER_LAST_ENCOUNTER: "no period set",
}
AFTER_PRIVACY = "after the newest authorization or consent"
FAILURES = {
    "STARTER_LOST_RIGHT": "Whoever started it may no longer do so.",
    "REMAINS_FOUND": "Something that should be gone is still there.",
    "NUMBERS_FOUND": "A number outside the residual abstract is still there.",
    "HISTORY_FOUND": "Before-and-after values of a destroyed chart are still there.",
}


def obstacle(code: str, eligible_on: date | None = None) -> str:
    """Say what stands against destroying a chart."""
    if code == charts.NOT_DUE and eligible_on:
        return f"{NOT_DUE_YET}: from {eligible_on:%b} {eligible_on.day}, {eligible_on.year}"
    return WORDS.get(code, code)


def failure(code: str) -> str:
    """Say why the worker gave up."""
    return failures.say(code, FAILURES)


def outcome(code: str, reason: str) -> str:
    """Say how a chart ended in its batch; of one that was left out, why: it may well be due."""
    if code != ItemOutcome.CHANGED or reason in NOT_DUE:
        return str(ItemOutcome(code).label)
    why = obstacle(reason)
    return f"{LEFT_OUT}: {why[:1].lower()}{why[1:]}"


def term(kind: str, years: int | None, series: str = "") -> str:
    """Say a term in words: "10 years after the last encounter"."""
    if kind == TermKind.PERMANENT:
        return "for ever"
    if kind == TermKind.UNTIL_BIRTHDAY:
        return f"until the {_ordinal(years or 0)} birthday"
    if not years:
        return NO_TERM.get(kind, "not at all")
    what = str(TermKind(kind).label).removeprefix("Years ")
    if (series, kind) == (RecordSeries.PRIVACY_DOCUMENT, TermKind.AFTER_RECORD):
        what = AFTER_PRIVACY
    return f"{years} year{'' if years == 1 else 's'} {what}"


def _ordinal(number: int) -> str:
    is_teen = 10 <= number % 100 <= 20
    ending = "th" if is_teen else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
