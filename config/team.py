"""How the queues of a team are drawn on the home of those who lead it."""

from __future__ import annotations

from dataclasses import dataclass

from records.access.worklists import Load, TeamQueue

MOST_BARS = 8


@dataclass(frozen=True)
class Bar:
    """One bar: a load, and its lengths in hundredths of the longest."""

    load: Load
    length: int
    late_length: int


@dataclass(frozen=True)
class Queue:
    """One queue with its bars; `others` hold the rest, `left` of it."""

    queue: TeamQueue
    bars: list[Bar]
    others: int
    left: int


def draw(queues: list[TeamQueue]) -> list[Queue]:
    """Return the queues in which something waits, their bars to one scale for all."""
    waiting = [queue for queue in queues if queue.waiting]
    longest = max((load.waiting for queue in waiting for load in queue.loads), default=1)
    return [_draw(queue, longest) for queue in waiting]


def _draw(queue: TeamQueue, longest: int) -> Queue:
    shown, rest = queue.loads[:MOST_BARS], queue.loads[MOST_BARS:]
    bars = [Bar(load, _share(load.waiting, longest), _share(load.late, longest)) for load in shown]
    return Queue(queue, bars, len(rest), sum(load.waiting for load in rest))


def _share(number: int, longest: int) -> int:
    """Return hundredths, at least one where there is anything at all."""
    return max(1, round(100 * number / longest)) if number else 0
