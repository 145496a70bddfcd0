"""What the database keeps of jobs."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from jobs.models import Job
from jobs.services import jobs

BROKEN = {
    "jobs_job_state_is_known": {"state": "LOST", "closed_at": timezone.now()},
    "jobs_job_closed_when_closed_at": {"state": "DONE"},
    "jobs_job_lease_token_and_until_together": {"lease_until": timezone.now()},
    "jobs_job_attempts_are_capped": {"attempt": 6},
}


@pytest.fixture
def job(user):
    return jobs.enqueue(kind="TRIAL", subject_id=7, actor=user)


@pytest.mark.promise
@pytest.mark.parametrize("constraint", BROKEN)
def test_row_that_breaks_a_rule_is_refused(job, constraint):
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Job.objects.filter(pk=job.pk).update(**BROKEN[constraint])

    assert refused.value.__cause__.diag.constraint_name == constraint


@pytest.mark.promise
def test_open_job_has_no_end(job):
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Job.objects.filter(pk=job.pk).update(closed_at=timezone.now())

    assert refused.value.__cause__.diag.constraint_name == "jobs_job_closed_when_closed_at"


@pytest.mark.promise
def test_two_open_jobs_on_one_subject_are_refused(job, user):
    facts = {"kind": "TRIAL", "subject_id": 7, "requested_by": user, "due_at": timezone.now()}

    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Job.objects.create(**facts)
    Job.objects.filter(pk=job.pk).update(state="DONE", closed_at=timezone.now())

    assert refused.value.__cause__.diag.constraint_name == "jobs_job_one_open_for_each_subject"
    assert Job.objects.create(**facts).pk != job.pk


@pytest.mark.promise
@pytest.mark.committed
def test_jobs_are_never_deleted(second_connection):
    cursor = second_connection.cursor()
    for statement in ("DELETE FROM jobs_job", "TRUNCATE jobs_job"):
        with pytest.raises(Exception, match="permission denied"):
            cursor.execute(statement)
