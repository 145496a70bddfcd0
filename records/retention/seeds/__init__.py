"""The schedule as it is first loaded: data beside the code, read once by a migration."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Any

from records.retention.enums import (
    Certainty,
    Payer,
    Population,
    RecordClass,
    RecordSeries,
    RuleSource,
)
from records.retention.rules import terms
from records.retention.rules.schedule import MajorityRow, ScheduleRule

_EVERY_STATE = "US"


@cache
def schedule_rows() -> tuple[ScheduleRule, ...]:
    """Return every row of the schedule, in the order of the file."""
    document = _read("schedule.toml")
    return tuple(row for entry in document["entry"] for row in _schedule_rows(document, entry))


@cache
def majority_rows() -> tuple[MajorityRow, ...]:
    """Return the ages of majority, in the order of the file."""
    document = _read("majority.toml")
    return tuple(
        MajorityRow(
            state=entry.get("state", ""),
            age=entry["age"],
            cite=entry["cite"],
            verified_on=document["verified_on"],
            effective_from=document["effective_from"],
        )
        for entry in document["entry"]
    )


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(resources.files(__name__).joinpath(name).read_text("utf-8"))


def _schedule_rows(document: dict[str, Any], entry: dict[str, Any]) -> Iterator[ScheduleRule]:
    """Yield one row for each class and term of an entry; its code says all of that."""
    for class_name in entry.get("classes", [""]):
        for written in entry["terms"]:
            yield ScheduleRule(
                code=_code(entry, class_name, written),
                source=RuleSource(entry["source"]),
                term=terms.parse(written),
                cite=entry["cite"],
                certainty=Certainty(entry["certainty"]),
                verified_on=document["verified_on"],
                effective_from=document["effective_from"],
                state=entry.get("state", ""),
                record_class=RecordClass(class_name) if class_name else None,
                series=RecordSeries(entry.get("series", RecordSeries.HEALTH_RECORD)),
                population=Population(entry.get("population", Population.ALL)),
                payer=Payer(entry["payer"]) if "payer" in entry else None,
                source_tag=entry.get("seen", ""),
                note=entry.get("note", ""),
            )


def _code(entry: dict[str, Any], class_name: str, written: str) -> str:
    """Return a readable key: NJ-HOSPITAL-MINOR-A23, US-PROFESSIONAL-ADULT-D10."""
    is_law = entry["source"] in (RuleSource.STATE, RuleSource.FEDERAL)
    parts = (
        entry.get("state", _EVERY_STATE),
        "" if is_law else entry["source"],
        entry.get("payer", ""),
        class_name,
        entry.get("series", ""),
        entry.get("population", ""),
        written.replace("+", "").upper(),
    )
    return "-".join(part for part in parts if part)
