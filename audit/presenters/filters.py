"""Values of the filter sentence and of the bars over time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import QueryDict
from django.utils import formats, timezone

from audit import subjects
from audit.enums import Action, Basis, Outcome
from audit.presenters.words import label_subjects, word
from audit.selectors.events import Criteria

CHIP_LABELS = {
    "person": "person",
    "patient": "patient",
    "action": "action",
    "outcome": "outcome",
    "basis": "basis",
    "since": "from",
    "until": "to",
    "release": "about",
    "request": "web request",
}


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter of the sentence above the log; `url` is the page without it."""

    label: str
    value: str
    url: str


def chips(query: QueryDict, criteria: Criteria, patients: dict[str, str]) -> list[Chip]:
    """Return the filters in force, in words; the period only where it was chosen."""
    words = _words(criteria, patients)
    words |= {"since": query.get("since", ""), "until": query.get("until", "")}
    return [
        Chip(CHIP_LABELS[name], text, _query_without(query, name))
        for name, text in words.items()
        if text and query.get(name)
    ]


def describe(criteria: Criteria, patients: dict[str, str]) -> list[tuple[str, str]]:
    """Return all that narrows the log, in words, for a paper that stands without its page."""
    words = _words(criteria, patients)
    return [(CHIP_LABELS[name].capitalize(), text) for name, text in words.items() if text]


def describe_days(criteria: Criteria, patients: dict[str, str]) -> list[tuple[str, str]]:
    """Return all that narrows the log, in words, with the period by its first and last day."""
    words = _words(criteria, patients)
    last = criteria.until and criteria.until - timedelta(microseconds=1)
    words |= {"since": _day(criteria.since), "until": _day(last)}
    return [(CHIP_LABELS[name].capitalize(), text) for name, text in words.items() if text]


def _words(criteria: Criteria, patients: dict[str, str]) -> dict[str, str]:
    person = str(criteria.person_id or "")
    return {
        "person": subjects.labels(subjects.PERSON, [person])[person] if person else "",
        "patient": patients.get(str(criteria.patient_id), ""),
        "action": word(Action, criteria.action),
        "outcome": word(Outcome, criteria.outcome),
        "basis": word(Basis, criteria.basis),
        "since": _moment(criteria.since),
        "until": _moment(criteria.until),
        "release": _subject_word(criteria),
        "request": criteria.request_id,
    }


def bars(
    counts: dict[datetime, int],
    query: QueryDict,
    *,
    since: datetime,
    until: datetime,
    is_hourly: bool,
    url: str,
) -> list[dict[str, str | int]]:
    """Return counts as bars over the whole period; a day's bar leads to that day."""
    step = timedelta(hours=1) if is_hourly else timedelta(days=1)
    found = {_slot(moment): count for moment, count in counts.items()}
    slot, end = _slot(since), _slot(until)
    drawn: list[dict[str, str | int]] = []
    while slot < end:
        day = f"{slot:%Y-%m-%d}"
        label = f"{slot:%b} {slot.day}, {slot:%H:00}" if is_hourly else f"{slot:%b} {slot.day}"
        link = "" if is_hourly else f"{url}?{_query_with(query, since=day, until=day)}"
        drawn.append({"count": found.get(slot, 0), "label": label, "url": link})
        slot += step
    return drawn


def _subject_word(criteria: Criteria) -> str:
    asked = criteria.subjects[:1]
    return "".join(label_subjects(asked).values())


def _moment(moment: datetime | None) -> str:
    return timezone.localtime(moment).isoformat(" ", "minutes") if moment else ""


def _day(moment: datetime | None) -> str:
    return formats.date_format(timezone.localtime(moment).date()) if moment else ""


def _slot(moment: datetime) -> datetime:
    """Return the wall clock's time: on the night of the change of clocks two hours share a bar."""
    return timezone.localtime(moment).replace(tzinfo=None)


def _query_without(query: QueryDict, name: str) -> str:
    return f"?{_query_with(query, **{name: ''})}"


def _query_with(query: QueryDict, **changes: str) -> str:
    changed = query.copy()
    for name in ("after", "before", *changes):
        changed.pop(name, None)
    changed.update({name: value for name, value in changes.items() if value})
    return changed.urlencode()
