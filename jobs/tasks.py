"""What the queue calls: ids in, one service call."""

from __future__ import annotations

from celery import shared_task


@shared_task
def run(job_id: int) -> None:
    """Work on one job."""
    from jobs.services import jobs

    jobs.work(job_id)


@shared_task
def sweep() -> None:
    """Wake every due job again."""
    from jobs.services import jobs

    jobs.sweep()
