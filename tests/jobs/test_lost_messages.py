"""The queue emptied at any moment: the rows know what is due, and the next sweep tells it again."""

import pytest
import redis
from celery import current_app
from django.conf import settings

from accounts.roles import Role
from jobs import tasks
from jobs.enums import JobState
from jobs.models import Job
from jobs.services import jobs
from tests.factories.people import make_user

pytestmark = [pytest.mark.committed, pytest.mark.goal("G-40")]


@pytest.fixture
def server():
    """The server that holds the queue; its messages go with the test."""
    found = redis.Redis.from_url(settings.REDIS_URL)
    found.flushall()
    yield found
    found.flushall()
    found.close()


def waiting(server):
    """How many messages wait for a worker."""
    prefix = settings.CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"]
    return server.llen(f"{prefix}{current_app.conf.task_default_queue}")


def test_emptied_queue_is_filled_again_by_the_next_sweep(server, kinds):
    done = []
    kinds(lambda job: bool(done.append(job.subject_id)))
    user = make_user(Role.CLERK)
    asked = [jobs.enqueue(kind="TRIAL", subject_id=n, actor=user) for n in range(3)]
    assert waiting(server) == 3

    server.flushall()
    tasks.sweep()

    assert waiting(server) == 3
    for job in asked:
        jobs.work(job.pk)
    server.flushall()
    tasks.sweep()
    assert waiting(server) == 0
    assert done == [0, 1, 2]
    assert set(Job.objects.values_list("state", flat=True)) == {JobState.DONE}
