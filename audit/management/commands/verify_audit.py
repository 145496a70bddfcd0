from __future__ import annotations

from argparse import ArgumentParser
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.timezone import get_default_timezone

from audit import context
from audit.enums import Finding, Stream
from audit.management.base import BadInput, JsonCommand, parse_date
from audit.selectors.verification import Broken, Report, Tally
from audit.services import verifications


class Command(JsonCommand):
    help = "Check the whole access log against its seals, and the seals against the anchor."

    def add_own_arguments(self, parser: ArgumentParser) -> None:
        """Add the period whose rows are read again; seals and anchor are always checked whole."""
        parser.add_argument("--from", dest="since", metavar="DATE")
        parser.add_argument("--to", dest="until", metavar="DATE", help="last day, included")

    def run(self, **options: Any) -> dict[str, Any]:
        """Verify, as the system itself, and return what was found.

        Raises:
            BadInput: a date is none, or the period ends before it begins.
        """
        since = parse_date("--from", options["since"])
        until = parse_date("--to", options["until"])
        if since and until and until < since:
            raise BadInput("--to must not be before --from")
        with context.acting(context.system_origin()):
            report = verifications.verify_trail(
                since=_start_of(since), until=_start_of(until and until + timedelta(days=1))
            )
        return _as_result(report)

    def tell(self, result: dict[str, Any]) -> None:
        """Print the figures, then a line a finding."""
        super().tell(result)
        for broken in result["broken"]:
            where = f"seal {broken['seal']}, row {broken['event']}"
            self.stdout.write(f"{broken['stream']} {where}: {Finding(broken['what']).label}")

    def has_finding(self, result: dict[str, Any]) -> bool:
        """Return whether anything is broken."""
        return bool(result["broken"])


def _start_of(day: date | None) -> datetime | None:
    return datetime.combine(day, time.min, get_default_timezone()) if day else None


def _as_result(report: Report) -> dict[str, Any]:
    events = report.tallies[Stream.EVENT]
    return {
        "events": events.found,
        "sealed": events.sealed,
        "seals": sum(tally.seals for tally in report.tallies.values()),
        "unsealed": events.unsealed,
        "broken": [_as_dict(broken) for broken in report.broken],
        "broken_count": report.broken_count,
        "rows_per_second": report.rows_per_second,
        "seconds": round(report.seconds, 3),
        "streams": {stream: _counts(tally) for stream, tally in report.tallies.items()},
    }


def _as_dict(broken: Broken) -> dict[str, Any]:
    return {
        "stream": broken.stream,
        "seal": broken.seal,
        "event": broken.event,
        "what": broken.what.value,
    }


def _counts(tally: Tally) -> dict[str, int]:
    return {"found": tally.found, "sealed": tally.sealed, "unsealed": tally.unsealed}
