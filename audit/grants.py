"""What the application role may do to which table, as a registry that `migrate` applies.

Every table: SELECT and INSERT. UPDATE and DELETE only where a room's `grants.py` registers them.
TRUNCATE, TRIGGER and REFERENCES never. The owner applies the registry after `migrate`, exactly:
what is not registered is taken away.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

Columns = bool | tuple[str, ...]

LIST_TABLES = """
    SELECT c.relname, c.relispartition, EXISTS (
        SELECT FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
        WHERE t.tgrelid = c.oid AND p.proname = 'audit_refuse_change' AND NOT t.tgisinternal
    )
    FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
      AND pg_has_role(c.relowner, 'MEMBER')
    ORDER BY c.relname
"""


@dataclass(frozen=True, slots=True)
class Grant:
    """The application role's rights on one table, beside SELECT."""

    insert: Columns = True
    update: Columns = False
    delete: bool = False


_registry: dict[str, Grant] = {}


def register(
    table: str,
    *,
    update: bool | Iterable[str] = False,
    delete: bool = False,
    insert: bool | Iterable[str] = True,
) -> None:
    """Let the application role update (all columns, or those named) and delete rows of `table`.

    Called from a room's `grants.py`, which its `AppConfig.ready` imports. `insert` is narrowed
    only where some columns are for the server alone to fill.

    Raises:
        ImproperlyConfigured: `table` is registered twice, differently.
    """
    grant = Grant(_columns(insert), _columns(update), delete)
    if _registry.setdefault(table, grant) != grant:
        raise ImproperlyConfigured(f"Grants on {table} are registered twice")


def registered() -> dict[str, Grant]:
    """Return a copy of the registry."""
    return dict(_registry)


def apply_grants() -> int:
    """Give the application role exactly what is registered; return the number of tables.

    Raises:
        ImproperlyConfigured: a registered table does not exist, or is insert only and was
            registered for update or delete.
    """
    with connection.cursor() as cursor:
        cursor.execute(LIST_TABLES)
        tables = {name: (is_partition, is_frozen) for name, is_partition, is_frozen in cursor}
        _check(tables)
        role = settings.DATABASE_APP_ROLE
        statements = [
            statement
            for table, (is_partition, _) in tables.items()
            for statement in _statements(table, role, None if is_partition else _grant(table))
        ]
        quoted = connection.ops.quote_name(role)
        statements.append(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {quoted}")
        cursor.execute(";\n".join(statements))
    return len(tables)


def apply_after_migrate(**_kwargs: Any) -> None:
    """Apply the registry at the end of `migrate`, when the connected role owns the tables."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user = %s, EXISTS (SELECT FROM pg_roles WHERE rolname = %s)",
            [settings.DATABASE_APP_ROLE] * 2,
        )
        is_application, is_known = cursor.fetchone()
    if is_application:
        return
    if not is_known:
        raise ImproperlyConfigured(
            f"The application's database role {settings.DATABASE_APP_ROLE} does not exist"
        )
    apply_grants()


def _columns(value: bool | Iterable[str]) -> Columns:
    return value if isinstance(value, bool) else tuple(value)


def _grant(table: str) -> Grant:
    return _registry.get(table, Grant())


def _check(tables: dict[str, tuple[bool, bool]]) -> None:
    for table, grant in _registry.items():
        if table not in tables:
            raise ImproperlyConfigured(f"Grants are registered on {table}, which does not exist")
        if tables[table][1] and (grant.update or grant.delete):
            raise ImproperlyConfigured(f"{table} is insert only; no grant may change its rows")


def _statements(table: str, role: str, grant: Grant | None) -> Sequence[str]:
    """Return the SQL that takes all rights on `table` from `role` and gives back those of `grant`.

    A partition (no grant) is reached through its parent only.
    """
    quote = connection.ops.quote_name
    where = f"{quote(table)} {{}} {quote(role)}"
    revoke = f"REVOKE ALL ON {where.format('FROM')}"
    if grant is None:
        return [revoke]
    verbs = ["SELECT", *_verb("INSERT", grant.insert), *_verb("UPDATE", grant.update)]
    verbs += ["DELETE"] if grant.delete else []
    return [revoke, f"GRANT {', '.join(verbs)} ON {where.format('TO')}"]


def _verb(verb: str, columns: Columns) -> list[str]:
    if isinstance(columns, bool):
        return [verb] if columns else []
    return [f"{verb} ({', '.join(map(connection.ops.quote_name, columns))})"]


# Number, time, transaction and epoch are the server's; row changes come from the triggers alone.
register(
    "audit_event",
    insert=(
        "actor_id",
        "actor_name",
        "on_behalf_of_id",
        "role",
        "action",
        "purpose",
        "basis",
        "patient_id",
        "subject_type",
        "subject_id",
        "outcome",
        "request_id",
        "session_digest",
        "client_address",
        "detail",
    ),
)
register("audit_eventsubject", insert=("event_id", "patient_id", "position"))
register("audit_rowchange", insert=False)
register("audit_epoch", insert=False)
