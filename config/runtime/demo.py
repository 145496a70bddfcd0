"""What the first start of a demo copy loads, and who may sign in to it."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass

from django.conf import settings

from config.runtime import databases
from config.runtime.postgres import Postgres

# One password for all, printed at every start: the demo listens on this machine only and is
# refused with a database of one's own.
PASSWORD = "chartroom-demo-desk"  # noqa: S105
PATIENTS = 200
SEED = 1


@dataclass(frozen=True)
class SignIn:
    """A person of the demo."""

    role: str
    username: str
    display_name: str
    password: str = PASSWORD


SIGN_INS = (
    SignIn("CLERK", "clerk", "Casey Clerk"),
    SignIn("SUPERVISOR", "supervisor", "Sam Supervisor"),
    SignIn("COMPLIANCE", "compliance", "Chris Compliance"),
    SignIn("PROVIDER", "provider", "Pat Provider, MD"),
    SignIn("ADMINISTRATOR", "admin", "Alex Administrator"),
)


def sign_ins() -> list[SignIn]:
    """Return the people to show at start: one a role in a demo, nobody otherwise."""
    return list(SIGN_INS) if settings.IS_DEMO else []


def steps(server: Postgres) -> list[tuple[str, list[str]]]:
    """Return the commands that the first start still has to run, each with the words for it."""
    if not settings.IS_DEMO or _has_patients(server):
        return []
    arguments = ["seed_demo", "--patients", str(PATIENTS), "--seed", str(SEED)]
    return [("loading demo data", arguments)]


def _has_patients(server: Postgres) -> bool:
    with closing(server.connect(databases.DATABASE)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('public.patients_patient') IS NOT NULL")
        if cursor.fetchone() != (True,):
            return False
        cursor.execute("SELECT EXISTS (SELECT 1 FROM public.patients_patient)")
        return cursor.fetchone() == (True,)
