"""Encounters of a source as encounters of this house."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from records.encounters.enums import Disposition, EncounterKind, EncounterStatus
from records.interchange.enums import Reason
from records.interchange.errors import InterchangeError
from records.interchange.rules import moments
from records.interchange.values import EncounterValue, Moment

# HL7 discharge-disposition, and the codes of the US uniform bill that many systems send.
DISPOSITIONS: dict[str, Disposition] = {
    "home": Disposition.HOME,
    "alt-home": Disposition.HOME,
    "other-hcf": Disposition.OTHER,
    "hosp": Disposition.HOSPICE,
    "long": Disposition.LONG_TERM_HOSPITAL,
    "aadvice": Disposition.AGAINST_ADVICE,
    "exp": Disposition.EXPIRED,
    "psy": Disposition.PSYCHIATRIC,
    "rehab": Disposition.REHABILITATION,
    "snf": Disposition.SKILLED_NURSING,
    "oth": Disposition.OTHER,
    "01": Disposition.HOME,
    "02": Disposition.HOSPITAL,
    "03": Disposition.SKILLED_NURSING,
    "04": Disposition.INTERMEDIATE_CARE,
    "05": Disposition.HOSPITAL,
    "06": Disposition.HOME_HEALTH,
    "07": Disposition.AGAINST_ADVICE,
    "20": Disposition.EXPIRED,
    "21": Disposition.CUSTODY,
    "40": Disposition.EXPIRED,
    "41": Disposition.EXPIRED,
    "42": Disposition.EXPIRED,
    "43": Disposition.HOSPITAL,
    "50": Disposition.HOSPICE,
    "51": Disposition.HOSPICE,
    "61": Disposition.SKILLED_NURSING,
    "62": Disposition.REHABILITATION,
    "63": Disposition.LONG_TERM_HOSPITAL,
    "64": Disposition.INTERMEDIATE_CARE,
    "65": Disposition.PSYCHIATRIC,
    "66": Disposition.HOSPITAL,
}
STILL_THERE = "30"
LONGEST_PLACE, LONGEST_REASON = 80, 200


@dataclass(frozen=True)
class Visit:
    """An encounter in the terms of this house."""

    kind: EncounterKind
    status: EncounterStatus
    started_at: datetime
    ended_at: datetime | None
    disposition: Disposition | str
    location: str
    reason: str


def visit_of(value: EncounterValue, zone: tzinfo, born_on: date | None) -> Visit:
    """Return the encounter; one that is over but has no end ended when it began.

    Raises:
        InterchangeError: it has no beginning.
    """
    if value.start is None:
        raise InterchangeError("The encounter has no beginning.", Reason.NO_START)
    status = EncounterStatus(value.status)
    start = begun(value.start, zone, born_on)
    end = max(start, moments.time_of(value.end, zone)) if value.end else start
    is_over = status == EncounterStatus.DISCHARGED
    return Visit(
        kind=EncounterKind(value.kind),
        status=status,
        started_at=start,
        ended_at=end if is_over else None,
        disposition=disposition_of(value) if is_over else "",
        location=clipped(place_of(value), LONGEST_PLACE),
        reason=clipped(value.reason or value.type, LONGEST_REASON),
    )


def begun(moment: Moment, zone: tzinfo, born_on: date | None) -> datetime:
    """Return when an encounter began.

    A birth in the first hours of a day abroad is in the evening before here, which would lie
    before the birth date; such a start is moved to the first moment of that date.
    """
    start = moments.time_of(moment, zone)
    here = start.astimezone(zone)
    if born_on and here.date() < born_on and moment.on >= born_on:
        midnight = here.replace(hour=0, minute=0, second=0, microsecond=0)
        return midnight + timedelta(days=(born_on - here.date()).days)
    return start


def disposition_of(value: EncounterValue) -> Disposition | str:
    code = value.disposition_code.lower()
    if not value.disposition or code == STILL_THERE:
        return ""
    return DISPOSITIONS.get(code, Disposition.OTHER)


def place_of(value: EncounterValue) -> str:
    """Return where the encounter was last: a place, else the organization."""
    if value.locations:
        return value.locations[-1]
    return value.organization.display if value.organization else ""


def clipped(text: str, longest: int) -> str:
    """Return the text on one line, cut with an ellipsis where it is too long."""
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"
