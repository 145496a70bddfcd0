"""Background work: asked for, claimed under a lease, stepped, finished, or given up."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from kombu.exceptions import OperationalError

from audit import context
from audit.enums import Action, Outcome
from audit.errors import Refused
from audit.services import events
from jobs import registry
from jobs.enums import OPEN_STATES, JobState
from jobs.errors import JobFailed, LeaseLost
from jobs.models import Job

log = structlog.get_logger(__name__)
LEASE = timedelta(seconds=60)
RETRY_AFTER = (5, 15, 60, 300)


@transaction.atomic
def enqueue(*, kind: str, subject_id: int, actor: Any, due_at: datetime | None = None) -> Job:
    """Ask for work on a subject; an open job of that kind on it is returned as it is.

    The queue is told after the commit. If that message is lost, the sweeper sends it again.
    """
    job, is_new = Job.objects.get_or_create(
        kind=kind,
        subject_id=subject_id,
        state__in=OPEN_STATES,
        defaults={
            "requested_by": actor,
            "due_at": due_at or timezone.now(),
            "state": JobState.PENDING,
        },
    )
    if is_new:
        transaction.on_commit(lambda: wake(job.pk))
    return job


def wake(job_id: int) -> None:
    """Tell the queue that a job is due; a queue that is down is the sweeper's to mend."""
    from jobs.tasks import run

    try:
        run.delay(job_id)
    except (OSError, OperationalError) as error:
        log.warning("job_not_woken", job=job_id, error=type(error).__name__)


def claim(job_id: int) -> Job | None:
    """Take the job under a lease, or return None: it is closed, not due, or somebody's.

    One conditional UPDATE, so that two workers woken at once cannot both have it.
    """
    now, token = timezone.now(), uuid.uuid4()
    claimed = Job.objects.filter(
        _free(), pk=job_id, state__in=OPEN_STATES, due_at__lte=now, attempt__lt=F("max_attempts")
    ).update(
        state=JobState.RUNNING,
        lease_token=token,
        lease_until=now + LEASE,
        attempt=F("attempt") + 1,
    )
    return Job.objects.select_related("requested_by").get(pk=job_id) if claimed else None


def report(job: Job, *, step: str, done: int | None = None, total: int | None = None) -> None:
    """Store where the work stands and lengthen the lease.

    Raises:
        LeaseLost: another worker has the job now.
    """
    job.step = step
    job.done_count = job.done_count if done is None else done
    job.total_count = job.total_count if total is None else total
    job.lease_until = timezone.now() + LEASE
    kept = Job.objects.filter(pk=job.pk, lease_token=job.lease_token).update(
        step=job.step,
        done_count=job.done_count,
        total_count=job.total_count,
        lease_until=job.lease_until,
    )
    if not kept:
        raise LeaseLost(job.pk)


def work(job_id: int) -> JobState | None:
    """Claim the job and do its steps to the end; return how it ended, None if not claimed.

    The steps act in the name of who asked for the work. A refusal ends the job and is recorded.
    An error that may pass puts the job back for later, until its attempts are used up.
    """
    job = claim(job_id)
    if job is None:
        return None
    with context.acting_as(job.requested_by, request_id=f"job-{job.pk}-{job.attempt}"):
        return _work(job)


def _work(job: Job) -> JobState | None:
    try:
        handler = registry.get_handler(job.kind)
        while handler(job):
            report(job, step=job.step)
    except LeaseLost:
        return None
    except JobFailed as error:
        return _close(job, JobState.FAILED, error.code)
    except Refused as error:
        events.record_refusal(error)
        return _close(job, JobState.FAILED, error.reason)
    except Exception as error:
        # The message of a database error may quote a row, so only its kind is logged.
        log.error("job_step_failed", job=job.pk, kind=job.kind, error=type(error).__name__)
        return _retry(job, type(error).__name__)
    return _close(job, JobState.DONE, "")


def cancel(*, job: Job) -> bool:
    """Close a job that no worker has begun; return whether it was still waiting."""
    return bool(
        Job.objects.filter(pk=job.pk, state=JobState.PENDING).update(
            state=JobState.CANCELLED, closed_at=timezone.now()
        )
    )


def sweep() -> int:
    """Send every due job again and close those that died on their last attempt.

    Return how many were woken.
    """
    due = Job.objects.filter(_free(), state__in=OPEN_STATES, due_at__lte=timezone.now())
    for job in due.filter(attempt__gte=F("max_attempts")).select_related("requested_by"):
        _give_up(job)
    job_ids = list(due.filter(attempt__lt=F("max_attempts")).values_list("pk", flat=True)[:500])
    for job_id in job_ids:
        wake(job_id)
    return len(job_ids)


def _free() -> Q:
    return Q(lease_until__isnull=True) | Q(lease_until__lt=timezone.now())


def _give_up(job: Job) -> None:
    """Close a job whose worker died on the last attempt, unless it has just shown life."""
    with context.acting_as(job.requested_by, request_id=f"job-{job.pk}-{job.attempt}"):
        if Job.objects.filter(_free(), pk=job.pk, lease_token=job.lease_token).exists():
            _close(job, JobState.FAILED, job.error_code or "WORKER_LOST")


@transaction.atomic
def _close(job: Job, state: JobState, code: str) -> JobState | None:
    """Close the job and, when it failed, tell its room and the trail; all or nothing."""
    closed = Job.objects.filter(
        pk=job.pk, lease_token=job.lease_token, state__in=OPEN_STATES
    ).update(
        state=state, error_code=code, closed_at=timezone.now(), lease_token=None, lease_until=None
    )
    if not closed:
        return None
    if state == JobState.FAILED:
        job.error_code = code
        _tell_failure(job)
    return state


def _tell_failure(job: Job) -> None:
    """Let the job's room carry out what a failure means for it, or write the plain event."""
    closer = registry.get_closer(job.kind)
    if closer:
        closer(job)
        return
    events.record(
        action=Action.JOB_FAILED,
        outcome=Outcome.FAILED,
        subject_type="job",
        subject_id=job.pk,
        detail={"kind": job.kind, "error": job.error_code},
    )


def _retry(job: Job, code: str) -> JobState | None:
    if job.attempt >= job.max_attempts:
        return _close(job, JobState.FAILED, code)
    wait = timedelta(seconds=RETRY_AFTER[min(job.attempt, len(RETRY_AFTER)) - 1])
    Job.objects.filter(pk=job.pk, lease_token=job.lease_token).update(
        state=JobState.PENDING,
        error_code=code,
        due_at=timezone.now() + wait,
        lease_token=None,
        lease_until=None,
    )
    return JobState.PENDING
