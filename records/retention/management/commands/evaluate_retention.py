from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from audit.management.base import JsonCommand, parse_date
from records.retention.services import nightly


class Command(JsonCommand):
    help = "Compute for every chart from when on it may be destroyed; write the changed answers."

    def add_own_arguments(self, parser: ArgumentParser) -> None:
        """Add the day by which charts count as eligible."""
        parser.add_argument("--as-of", metavar="DATE", help="default: today")

    def run(self, **options: Any) -> dict[str, Any]:
        """Evaluate, as the system itself, and return the figures.

        Raises:
            BadInput: the date is none.
        """
        return vars(nightly.evaluate(as_of=parse_date("--as-of", options["as_of"])))
