"""The shape of every command that machines call.

With `--json` one JSON object stands on the last line of standard output. The exit status is 0 for
success, 1 for a finding, 2 for bad input, which is told in one line on standard error.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import date, datetime
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandParser
from django.db import OperationalError, ProgrammingError
from psycopg2.errors import UndefinedColumn, UndefinedTable


class BadInput(Exception):
    """What the command was given cannot be used; the message is one clear line."""


class JsonCommand(BaseCommand):
    """A command that answers in JSON on request. Subclasses write `run`, and `tell` for people."""

    requires_system_checks = ()

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Return a parser that tells bad arguments in one line."""
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.error = self._refuse  # type: ignore[method-assign]
        return parser

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add `--json`, and what the subclass adds."""
        parser.add_argument("--json", action="store_true", help="print one JSON object, last line")
        self.add_own_arguments(parser)

    def add_own_arguments(self, parser: ArgumentParser) -> None:
        """Add the arguments of this command."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the command, print its result and leave with the status it asks for."""
        try:
            result = self.run(**options)
        except BadInput as error:
            self._refuse(str(error))
        except OperationalError as error:
            self._refuse(f"The database does not answer: {error}")
        except ProgrammingError as error:
            if not isinstance(error.__cause__, UndefinedTable | UndefinedColumn):
                raise
            self._refuse("The tables are not those of this version; run manage.py migrate first")
        if options["json"]:
            self.stdout.write(json.dumps(result, default=_as_text))
        else:
            self.tell(result)
        if self.has_finding(result):
            raise SystemExit(1)

    def run(self, **options: Any) -> dict[str, Any]:
        """Do the work and return the result's keys.

        Raises:
            BadInput: the arguments cannot be used.
        """
        raise NotImplementedError

    def tell(self, result: dict[str, Any]) -> None:
        """Print a result for people: a line for each key that holds a single value."""
        for name, value in result.items():
            if not isinstance(value, dict | list):
                self.stdout.write(f"{name}: {value}")

    def has_finding(self, result: dict[str, Any]) -> bool:
        """Return whether the result calls for a person's attention (exit status 1)."""
        return False

    def _refuse(self, message: str) -> NoReturn:
        self.stderr.write(" ".join(message.split()))
        raise SystemExit(2)


def parse_date(name: str, text: str | None) -> date | None:
    """Return the date that an argument gives as YYYY-MM-DD, or None where it was not given.

    Raises:
        BadInput: anything else.
    """
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadInput(f"{name} must be a date as YYYY-MM-DD, not {text!r}") from error


def _as_text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)
