from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from audit import context
from audit.management.base import BadInput, JsonCommand
from audit.selectors import seals as sealed
from audit.services import seals


class Command(JsonCommand):
    help = (
        "Begin a new epoch of the access log: once, as the owner, after the database was restored "
        "into another cluster and before anybody works on it."
    )

    def add_own_arguments(self, parser: ArgumentParser) -> None:
        """Take why."""
        parser.add_argument("reason", help="such as 'restored from 2026-11-30'")

    def run(self, **options: Any) -> dict[str, Any]:
        """Raise the epoch and return its number.

        Raises:
            BadInput: no reason, or this is the cluster that the log was last written in.
        """
        reason = options["reason"].strip()
        if not reason:
            raise BadInput("Say why")
        if sealed.get_trail_state().is_own_cluster:
            raise BadInput("The log was last written in this very cluster; nothing to raise")
        with context.acting(context.system_origin()):
            return {"epoch": seals.raise_epoch(reason)}
