"""Starts every process of a stand-alone copy and stays in the foreground."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from config.runtime.home import Home
from config.runtime.supervisor import Supervisor

FIRST_PORT = 8000


class Command(BaseCommand):
    """`manage.py up`: database, queue, web, worker and clock; Ctrl-C stops them all."""

    help = __doc__ or ""
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the port and whether a first start loads demo data."""
        parser.add_argument("--port", type=int, default=FIRST_PORT, help="first port to try")
        parser.add_argument("--no-demo", action="store_true", help="start empty")

    def handle(self, *args: Any, port: int, no_demo: bool, **options: Any) -> None:
        """Run until stopped."""
        Supervisor(Home(settings.DATA_HOME), port, self._say, loads_demo=not no_demo).run()

    def _say(self, words: str) -> None:
        self.stdout.write(words)
        self.stdout.flush()
