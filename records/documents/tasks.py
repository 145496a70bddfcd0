"""What the clock calls in this room."""

from __future__ import annotations

import structlog
from celery import shared_task

log = structlog.get_logger(__name__)

NIGHTLY_SAMPLE = 500


@shared_task
def sweep_orphans() -> int:
    """Remove what crashes left in the vault; return how many files."""
    from accounts.selectors.users import get_system_user
    from audit import context
    from records.documents.services import upkeep

    with context.acting(context.system_origin()):
        return upkeep.sweep(actor=get_system_user())


@shared_task
def verify_sample() -> int:
    """Read some documents of the vault whole, chosen at random; return how many are not sound."""
    from audit import context
    from records.documents.services import upkeep

    with context.acting(context.system_origin()):
        report = upkeep.verify(sample=NIGHTLY_SAMPLE)
    for found in report.findings:
        log.error("vault_damaged", subject=found.subject_type, id=found.subject_id, what=found.what)
    return len(report.findings)
