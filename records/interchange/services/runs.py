"""Runs of importing, from their beginning to their end."""

from __future__ import annotations

from django.utils import timezone

from accounts.models import User
from audit.writes import attributed
from records.access.models import CustodyUnit
from records.interchange.models import ImportRejection, ImportRun
from records.interchange.services.groups import record_rejection
from records.interchange.services.orders import Order, Rejected, Summary


@attributed
def begin(*, actor: User, unit: CustodyUnit, feed: str) -> ImportRun:
    """Begin a run."""
    return ImportRun.objects.create(feed=feed, unit=unit, asked_by=actor, started_at=timezone.now())


@attributed
def reject(*, actor: User, order: Order, rejected: Rejected) -> None:
    """List something that was not taken; write its event, unless the part's own has been."""
    ImportRejection.objects.create(
        run=order.run,
        file_name=rejected.file[:300],
        path=rejected.path[:300],
        message=rejected.message[:400],
        reason=rejected.reason[:40],
    )
    if not rejected.is_recorded:
        record_rejection(order, rejected)


@attributed
def finish(*, actor: User, run: ImportRun, summary: Summary) -> ImportRun:
    """Store what the run brought, and that it came to its end."""
    add(run, summary)
    run.finished_at = timezone.now()
    run.save()
    return run


def add(run: ImportRun, summary: Summary) -> None:
    """Add what some files brought to a run's figures."""
    run.files_read += summary.read
    run.files_imported += summary.imported
    run.files_unchanged += summary.unchanged
    run.files_without += summary.without
    run.rejections += len(summary.rejected)
    run.patients += summary.taken.patients
    run.encounters += summary.taken.encounters
    run.documents += summary.taken.documents
    run.unfiled += summary.taken.unfiled
