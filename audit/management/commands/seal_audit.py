from __future__ import annotations

import time
from typing import Any

from audit.enums import Stream
from audit.errors import AnchorBroken
from audit.management.base import JsonCommand
from audit.selectors import rows
from audit.selectors import seals as sealed
from audit.services import seals


class Command(JsonCommand):
    help = "Close all of the access log that can be closed: hash, chain, sign and anchor it."

    def run(self, **options: Any) -> dict[str, Any]:
        """Seal, then count: `events`, `sealed` and `unsealed` are of the chain of events."""
        started = time.perf_counter()
        broken: list[dict[str, Any]] = []
        closed = seals.SealRun()
        try:
            closed = seals.seal_all()
        except AnchorBroken as error:
            broken = [{"stream": "", "seal": None, "event": None, "what": str(error)}]
        seconds = time.perf_counter() - started
        counts = sealed.count_sealed_rows()
        waiting = {
            stream: rows.count_rows_after(stream, sealed.end_of(sealed.get_head(stream)))
            for stream in Stream.values
        }
        return {
            "events": counts[Stream.EVENT] + waiting[Stream.EVENT],
            "sealed": counts[Stream.EVENT],
            "seals": sealed.count_seals(),
            "unsealed": waiting[Stream.EVENT],
            "broken": broken,
            "rows_per_second": round(closed.rows / seconds),
            "closed_rows": closed.rows,
            "closed_seals": closed.seals,
            "was_busy": closed.was_busy,
            "streams": {
                stream: {"sealed": counts[stream], "unsealed": waiting[stream]}
                for stream in Stream.values
            },
        }

    def has_finding(self, result: dict[str, Any]) -> bool:
        """Return whether the anchor contradicts the database."""
        return bool(result["broken"])
