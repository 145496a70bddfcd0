"""Prints the settings in force: where data lies, which servers answer, which keys are set."""

from __future__ import annotations

import json
import os
import platform
from typing import Any

import django
from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from config import env
from config.runtime import keys, postgres, servers
from config.runtime.databases import DATABASE
from config.runtime.home import Home

ADDRESSES = ("DATABASE_URL", "OWNER_DATABASE_URL", "SUPERUSER_DATABASE_URL", "REDIS_URL")


class Command(BaseCommand):
    """`manage.py env`: what a command or a process of this copy would work with."""

    help = __doc__ or ""
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the form of the answer and whether it may hold secrets."""
        parser.add_argument("--json", action="store_true", help="one JSON object")
        parser.add_argument("--secrets", action="store_true", help="show passwords and keys")

    def handle(self, *args: Any, json: bool, secrets: bool, **options: Any) -> None:
        """Print what is in force."""
        values = _facts() | _hidden(_secrets(), show=secrets)
        self.stdout.write(_as_json(values) if json else _as_lines(values))


def _facts() -> dict[str, Any]:
    home = Home(settings.DATA_HOME)
    running = None if settings.HAS_OWN_SERVERS else home.running()
    return {
        "home": str(home.path),
        "profile": settings.PROFILE,
        "embedded": not settings.HAS_OWN_SERVERS,
        "running": running is not None,
        "url": running.url if running else settings.SITE_URL,
        "database_role": settings.DATABASE_ROLE,
        "vault_storage": settings.VAULT_STORAGE,
        "time_zone": settings.TIME_ZONE,
        "python": platform.python_version(),
        "django": django.get_version(),
    }


def _secrets() -> dict[str, str]:
    """Return addresses and keys: the environment's, else those of the embedded servers."""
    values = {name: env.secret(name) for name in (*ADDRESSES, *keys.SETTINGS)}
    home = Home(settings.DATA_HOME)
    if settings.HAS_OWN_SERVERS or not home.secrets.exists():
        return values
    made = keys.load_or_make(home.secrets)
    found = {name: made[name] for name in keys.SETTINGS}
    running = home.running()
    if running:
        environment = servers.environment(made, running, "owner")
        found |= {name: environment[name] for name in ADDRESSES if name in environment}
        found["SUPERUSER_DATABASE_URL"] = postgres.address(
            running.sockets, postgres.PORT, postgres.SUPERUSER, made["POSTGRES_PASSWORD"], DATABASE
        )
    return values | found


def _hidden(values: dict[str, str], *, show: bool) -> dict[str, str | None]:
    if show:
        return {name: value or None for name, value in values.items()}
    return {name: "set" if value else None for name, value in values.items()}


def _as_json(values: dict[str, Any]) -> str:
    return json.dumps(values)


def _as_lines(values: dict[str, Any]) -> str:
    shown = {name: "-" if value is None else value for name, value in values.items()}
    return os.linesep.join(f"{name:<24} {value}" for name, value in shown.items())
