"""Upkeep of the trail that the clock wakes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import structlog
from celery import shared_task

from audit import context

log = structlog.get_logger(__name__)
RECENT = timedelta(days=2)


@shared_task
def seal() -> int:
    """Close what can be closed of the trail; return how many rows that were."""
    from audit.services import seals

    return seals.seal_all().rows


@shared_task
def make_partitions() -> int:
    """Make the partitions of the months ahead; return how many."""
    from audit.services import partitions

    return partitions.make_partitions()


@shared_task
def verify_recent() -> int:
    """Verify all seals, and the rows of the last two days; return the number of findings."""
    from audit.services import verifications

    with context.acting(context.system_origin()):
        report = verifications.verify_trail(since=datetime.now(UTC) - RECENT)
    for broken in report.broken:
        log.error("trail_broken", stream=broken.stream, seal=broken.seal, what=str(broken.what))
    return report.broken_count
