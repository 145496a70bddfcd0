"""A real worker process killed at each step: the lease runs out, the sweeper resumes, once each."""

import signal
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.roles import Role
from jobs.enums import JobState
from jobs.models import Job
from jobs.services import jobs
from tests import forking
from tests.factories.people import make_user
from tests.jobs import dying_worker
from tests.jobs.dying_worker import KIND, STEPS, handler_into

pytestmark = pytest.mark.committed
POINTS = [*((step, when) for step in STEPS for when in ("before", "after")), ("CLOSE", "before")]


def kill_at(job, path, step, when):
    assert forking.run(dying_worker.work, job.pk, path, step, when) == -signal.SIGKILL


@pytest.mark.goal("G-40")
@pytest.mark.parametrize("step, when", POINTS)
def test_work_goes_on_where_the_killed_worker_stopped(tmp_path, kinds, monkeypatch, step, when):
    path = tmp_path / "lines"
    woken = []
    monkeypatch.setattr(jobs, "wake", woken.append)
    job = jobs.enqueue(kind=KIND, subject_id=7, actor=make_user(Role.CLERK))
    kill_at(job, path, step, when)
    kinds(handler_into(path), kind=KIND)

    held = Job.objects.get(pk=job.pk)
    too_early = jobs.sweep(), jobs.work(job.pk)
    past = timezone.now() - timedelta(seconds=1)
    Job.objects.filter(pk=job.pk).update(lease_until=past)
    woken.clear()
    swept = jobs.sweep()

    assert (held.state, held.attempt, held.lease_token is None) == (JobState.RUNNING, 1, False)
    assert too_early == (0, None)
    assert (swept, woken) == (1, [job.pk])
    assert jobs.work(woken[0]) == JobState.DONE
    assert path.read_text().split() == list(STEPS)
    assert Job.objects.get(pk=job.pk).attempt == 2


def test_worker_killed_on_every_attempt_is_given_up_by_the_sweeper(tmp_path, kinds, monkeypatch):
    told = []
    kinds(handler_into(tmp_path / "x"), lambda job: told.append(job.error_code), kind=KIND)
    monkeypatch.setattr(jobs, "wake", lambda job_id: None)
    job = jobs.enqueue(kind=KIND, subject_id=7, actor=make_user(Role.CLERK))
    Job.objects.filter(pk=job.pk).update(max_attempts=2)
    for _ in range(2):
        kill_at(job, tmp_path / "lines", "FIRST", "before")
        past = timezone.now() - timedelta(seconds=1)
        Job.objects.filter(pk=job.pk).update(lease_until=past)

    assert jobs.sweep() == 0

    stored = Job.objects.get(pk=job.pk)
    assert (stored.state, stored.error_code, told) == (
        JobState.FAILED,
        "WORKER_LOST",
        ["WORKER_LOST"],
    )
