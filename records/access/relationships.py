"""Relationships that lead a person to a chart, registered by the rooms that know of them.

Each is SQL over the registering room's tables, so that access stays below it: `one` is the body
of an EXISTS that knows `%(user)s` and `%(chart)s`; `many` selects the chart ids for `%(user)s`.
"""

from __future__ import annotations

from dataclasses import dataclass

from audit.enums import Basis


@dataclass(frozen=True)
class Relationship:
    """One kind of relationship and the basis that it gives."""

    name: str
    basis: Basis
    one: str
    many: str


_relationships: dict[str, Relationship] = {}


def register(relationship: Relationship) -> None:
    """Let `relationship` lead people to charts."""
    _relationships[relationship.name] = relationship


def registered() -> list[Relationship]:
    """Return all relationships, care before work, in a fixed order."""
    return sorted(_relationships.values(), key=lambda item: (item.basis, item.name))


def columns_sql() -> str:
    """Return one EXISTS column for each relationship, each behind a comma."""
    return "".join(f", EXISTS ({item.one})" for item in registered())


def where_sql(column: str) -> str:
    """Return the bodies of EXISTS over a list's rows, each behind a UNION ALL.

    `column` holds the row's chart id; the person is `%(scope_user)s`.
    """
    bodies = (
        item.one.replace("%(chart)s", column).replace("%(user)s", "%(scope_user)s")
        for item in registered()
    )
    return "".join(f" UNION ALL {body}" for body in bodies)


def list_sql() -> str:
    """Return the chart ids of all relationships, each behind a UNION."""
    return "".join(f" UNION {item.many}" for item in registered())
