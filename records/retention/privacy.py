"""Which documents of a chart are privacy documents, and what other rooms know of their days.

A signed authorization is kept for six years from its creation or the last day on which it was in
effect, whichever is later (45 CFR 164.508(b)(6), 164.530(j)). The document says when it was made;
a room above that also reads how long it holds registers that as SQL over its own tables:

    privacy.register("authorizations", sql)

The SQL selects `patient_id` and `on_day`, as many rows as it likes, and is asked for one chart and
for all; it neither takes values nor holds a percent sign.
"""

from __future__ import annotations

# A consent often holds the acknowledgement of the notice of privacy practices, or is a consent to
# disclose under 42 CFR 2.31.
TYPES = ("AUTHORIZATION", "CONSENT")
_NOTHING = "SELECT NULL::bigint AS patient_id, NULL::date AS on_day WHERE false"

_sources: dict[str, str] = {}


def register(name: str, sql: str) -> None:
    """Let the days that `sql` selects count for the charts that it names."""
    _sources[name] = sql


def days_sql() -> str:
    """Return SQL for all days that are registered, by chart."""
    told = [
        f"SELECT patient_id, on_day FROM ({sql}) {name}" for name, sql in sorted(_sources.items())
    ]
    return " UNION ALL ".join(told) or _NOTHING


def types_sql() -> str:
    """Return SQL for the ids of the types, worked out once a statement."""
    codes = ", ".join(f"'{code}'" for code in TYPES)
    return f"ARRAY(SELECT kind.id FROM documents_documenttype kind WHERE kind.code IN ({codes}))"
