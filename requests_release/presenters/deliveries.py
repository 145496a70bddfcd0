"""How copies left, or how a link stands that nobody has used yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from printing import words
from requests_release.enums import RepeatOutcome
from requests_release.models import Delivery, Repeat
from requests_release.models.deliveries import MOST_TRIES


@dataclass(frozen=True)
class DeliveryShown:
    """A delivery in words; `is_open` while its link can be used, `made` by whom and when."""

    is_open: bool
    state: str
    made: str
    rows: list[tuple[str, str]]


def present(
    delivery: Delivery | None, *, now: datetime, repeats: Sequence[Repeat] = ()
) -> DeliveryShown | None:
    """Return a delivery as its pages show it, or None where there is none.

    `repeats` is what came of its link since the download.
    """
    if delivery is None:
        return None
    is_open = delivery.used_at is None and delivery.closed_at is None
    is_late = is_open and delivery.expires_at is not None and delivery.expires_at <= now
    state = _state(delivery, is_late)
    is_link = delivery.expires_at is not None
    rows = [
        ("How", delivery.told),
        ("By", delivery.created_by.display_name),
        ("On", words.day(delivery.handed_on)),
        ("Link made", words.moment(delivery.created_at) if is_link else ""),
        ("Expires", words.moment(delivery.expires_at) if is_open and not is_late else ""),
        ("Wrong passcodes", _count_wrong(delivery, repeats) if is_link else ""),
        ("Fetched again", _last(repeats, RepeatOutcome.GIVEN)),
        ("Whole file arrived", _last(repeats, RepeatOutcome.ARRIVED)),
        ("Tracking number, or to whom", delivery.tracking_note),
        ("State", f"{state[:1].upper()}{state[1:]}"),
    ]
    made = f"{delivery.created_by.display_name} on {words.moment(delivery.created_at)}"
    return DeliveryShown(is_open and not is_late, state, made, [row for row in rows if row[1]])


def _count_wrong(delivery: Delivery, repeats: Sequence[Repeat]) -> str:
    later = [one for one in repeats if one.outcome == RepeatOutcome.WRONG]
    return str(delivery.failed_attempts + len(later))


def _last(repeats: Sequence[Repeat], outcome: RepeatOutcome) -> str:
    """Return when something came of the link, the last time; how often, if more than once."""
    found = [one.at for one in repeats if one.outcome == outcome]
    if not found:
        return ""
    times = f"{words.counted(len(found), 'time')}, last " if len(found) > 1 else ""
    return f"{times}{words.moment(found[-1])}"


def _state(delivery: Delivery, is_late: bool) -> str:
    if delivery.used_at is not None:
        verb = "downloaded" if delivery.expires_at is not None else "noted"
        return f"{verb} {words.moment(delivery.used_at)}"
    if delivery.closed_at is not None:
        is_guessed = delivery.failed_attempts >= MOST_TRIES
        why = f"after {MOST_TRIES} wrong passcodes" if is_guessed else "not used"
        return f"closed {words.moment(delivery.closed_at)}, {why}"
    if is_late:
        return f"expired {words.moment(delivery.expires_at)}, not used"
    return "open"
