"""When a session is over: idle for too long, or open for too long (45 CFR 164.312(a)(2)(iii))."""

from __future__ import annotations


def is_over(
    *,
    started: int | None,
    active: int | None,
    now: int,
    idle_seconds: int,
    whole_seconds: int,
) -> bool:
    """Return whether a session has reached either limit; one without clocks is over at once."""
    if started is None or active is None:
        return True
    return now - active >= idle_seconds or now - started >= whole_seconds
