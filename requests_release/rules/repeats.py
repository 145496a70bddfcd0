"""When a download that broke off may be made again, on the same link and passcode.

A link serves one download. Its first bytes count as a disclosure, because nobody can tell what of
them arrived; so a file that did not arrive whole is given again for a short while, a few times,
and never once its recipient's page has said that all of it arrived.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from requests_release.enums import RepeatOutcome

# The database holds both numbers too.
GRACE = timedelta(minutes=15)
MOST_REPEATS = 2


def ends_at(used_at: datetime) -> datetime:
    """Return until when a file may be given again."""
    return used_at + GRACE


def count_left(
    *, used_at: datetime | None, outcomes: Sequence[str], tries_left: int, now: datetime
) -> int:
    """Return how many times the file may be given again; 0 where the link has ended for good.

    `outcomes` are what came of the link since its download, `tries_left` the passcodes left.
    """
    if used_at is None or now > ends_at(used_at) or tries_left < 1:
        return 0
    if RepeatOutcome.ARRIVED in outcomes:
        return 0
    return max(0, MOST_REPEATS - list(outcomes).count(RepeatOutcome.GIVEN))
