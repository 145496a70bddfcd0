"""What a source changed since the last import, put into a chart that people have worked on since.

Of what the source said last time only keyed digests are kept. A field takes the source's value
only where the source itself has changed it; what was entered here stays otherwise. Rows (phones,
addresses) that came from the source and that it no longer sends go; rows entered here stay.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, replace
from typing import Any

from records.patients.enums import BirthPrecision, Sex
from records.patients.rules import keys, phones
from records.patients.services.facts import OtherName, PersonFacts, PhoneFact, ReachFacts

Digest = Callable[[str], str]
# Fields that are true only together.
GROUPS: dict[str, tuple[str, ...]] = {
    "name": ("family", "given", "middle", "suffix"),
    "birth": ("birth_on", "birth_precision"),
} | {
    field: (field,)
    for field in (
        "sex",
        "died_on",
        "language",
        "race",
        "ethnicity",
        "email",
        "mother_maiden_name",
        "birth_order",
    )
}
ROWS = ("names", "phones", "addresses", "contacts")
BLANK = frozenset({None, "", Sex.UNKNOWN, BirthPrecision.UNKNOWN})


def digests(person: PersonFacts, reach: ReachFacts, digest: Digest) -> dict[str, Any]:
    """Return what is kept of what a source says, to see at the next import what it changed."""
    found: dict[str, Any] = {
        group: digest(text_of([getattr(person, name) for name in names]))
        for group, names in GROUPS.items()
    }
    for rows in ROWS:
        found[rows] = sorted(digest(row_text(row)) for row in getattr(reach, rows))
    return found


def merged_person(
    current: PersonFacts, source: PersonFacts, before: Mapping[str, Any], digest: Digest
) -> PersonFacts:
    """Return the current facts with what the source changed; blanks are filled from it."""
    taken: dict[str, Any] = {}
    for group, names in GROUPS.items():
        values = [getattr(source, name) for name in names]
        is_blank = all(getattr(current, name) in BLANK for name in names)
        is_changed = group in before and before[group] != digest(text_of(values))
        if is_changed or is_blank:
            taken |= dict(zip(names, values, strict=True))
    return replace(current, **taken)


def merged_reach(
    current: ReachFacts, source: ReachFacts, before: Mapping[str, Any], digest: Digest
) -> ReachFacts:
    """Return the current rows with what the source added, without what it dropped.

    Where the source is new here (`before` is empty) its rows come in only where there are none.
    """
    found = {
        rows: merged_rows(getattr(current, rows), getattr(source, rows), before.get(rows), digest)
        for rows in ROWS
    }
    return ReachFacts(**found)


def merged_rows(
    current: Iterable[Any], source: Iterable[Any], before: list[str] | None, digest: Digest
) -> tuple[Any, ...]:
    ours = {digest(row_text(row)): row for row in current}
    theirs = {digest(row_text(row)): row for row in source}
    if before is None:
        return tuple((ours or theirs).values())
    known = set(before)
    kept = {key: row for key, row in ours.items() if key not in known or key in theirs}
    added = {key: row for key, row in theirs.items() if key not in known}
    return tuple((kept | added).values())


def row_text(row: Any) -> str:
    """Return one text for rows that the index takes to be the same."""
    if isinstance(row, PhoneFact):
        parsed = phones.parse(row.number)
        return text_of(["phone", parsed.digits if parsed else row.number])
    if isinstance(row, OtherName):
        return text_of(["name", row.kind, keys.name_columns(row.name).name_key])
    return text_of([type(row).__name__, *asdict(row).values()])


def text_of(values: Iterable[Any]) -> str:
    return json.dumps([str(value) if value is not None else None for value in values])
