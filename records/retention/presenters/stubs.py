"""A stub as its page shows it: stored codes and days in words again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from records.encounters.enums import Disposition, EncounterKind
from records.patients.enums import Sex
from records.retention.models import Stub


@dataclass(frozen=True)
class Visit:
    """One encounter of the abstract."""

    since: date | None
    until: date | None
    kind: str
    attending: str
    reason: str
    disposition: str


@dataclass(frozen=True)
class Abstract:
    """Who it was, and when they were here."""

    name: Mapping[str, str]
    born: Mapping[str, Any]
    sex: str
    numbers: list[str]
    aliases: list[Mapping[str, str]]
    mother_maiden_name: str
    died_on: date | None
    visits: list[Visit]
    is_whole: bool


def present(stub: Stub, *, is_whole: bool) -> Abstract:
    """Return the residual abstract of a stub; what tells of care only where it is shown whole."""
    stored = stub.abstract
    died_on = _day(stored["died_on"])
    return Abstract(
        name=stored["name"],
        born={
            "birth_on": _day(stored["birth_on"]),
            "birth_precision": stored["birth_precision"],
            "died_on": died_on,
        },
        sex=_label(Sex, stored["sex"]),
        numbers=[number["value"] for number in stored["numbers"]],
        aliases=stored["aliases"],
        mother_maiden_name=stored["mother_maiden_name"] if is_whole else "",
        died_on=died_on,
        visits=[_visit(visit) for visit in stored["encounters"]] if is_whole else [],
        is_whole=is_whole,
    )


def _visit(stored: Mapping[str, Any]) -> Visit:
    return Visit(
        since=_day(stored["from"]),
        until=_day(stored["to"]),
        kind=_label(EncounterKind, stored["kind"]),
        attending=stored["attending"],
        reason=stored["reason"],
        disposition=_label(Disposition, stored["disposition"]),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _label(choices: Any, code: str) -> str:
    return str(choices(code).label) if code in choices.values else code
