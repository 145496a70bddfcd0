"""The two roles and the database inside a server, made by its superuser."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from psycopg2 import sql

if TYPE_CHECKING:
    from psycopg2.extensions import connection as Connection  # noqa: N812

OWNER = "chartroom_owner"
APP = "chartroom_app"
DATABASE = "chartroom"
ROLES_SQL = Path(__file__).with_name("roles.sql")


def make_roles(superuser: Connection, passwords: dict[str, str]) -> None:
    """Make the owner and the application role, or set their passwords anew."""
    with superuser.cursor() as cursor:
        for role, password in passwords.items():
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
            verb = sql.SQL("ALTER" if cursor.fetchone() else "CREATE")
            cursor.execute(
                sql.SQL(
                    "{} ROLE {} WITH LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD {}"
                ).format(verb, sql.Identifier(role), sql.Literal(password))
            )


def make_database(
    superuser: Connection, name: str, template: str = "template0", strategy: str = "WAL_LOG"
) -> None:
    """Make a database of the owner's that nobody but the two roles may connect to.

    Rights on the database itself are not copied with a template, so they are given here.
    """
    with superuser.cursor() as cursor:
        database = sql.Identifier(name)
        cursor.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY {}").format(
                database, sql.Identifier(OWNER), sql.Identifier(template), sql.SQL(strategy)
            )
        )
        cursor.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
        cursor.execute(
            sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(
                database, sql.Identifier(APP)
            )
        )


def has_database(superuser: Connection, name: str) -> bool:
    """Tell whether a database of that name exists."""
    with superuser.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        return cursor.fetchone() is not None


def drop_database(superuser: Connection, name: str) -> None:
    """Drop a database, ending whatever is connected to it."""
    with superuser.cursor() as cursor:
        cursor.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )


def grant_roles(superuser_in_database: Connection) -> None:
    """Give the roles their rights inside the database connected to."""
    with superuser_in_database.cursor() as cursor:
        cursor.execute(ROLES_SQL.read_text(encoding="utf-8"))
