"""Background work: asked for once, claimed by one, stepped, retried, given up, swept."""

import threading
import uuid
from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from accounts.roles import Role
from accounts.services import users
from audit import context
from audit.enums import Action, Outcome
from audit.errors import Refused
from audit.services import events
from jobs import registry, tasks
from jobs.enums import JobState
from jobs.errors import JobFailed, LeaseLost
from jobs.models import Job
from jobs.selectors import jobs as selectors
from jobs.services import jobs
from tests.factories.people import make_user
from tests.trail import events_of


def ask(user, kind="TRIAL", subject_id=7, **facts):
    return jobs.enqueue(kind=kind, subject_id=subject_id, actor=user, **facts)


def fresh(job):
    return Job.objects.get(pk=job.pk)


def set_job(job, **facts):
    Job.objects.filter(pk=job.pk).update(**facts)
    return fresh(job)


def lose_lease(job):
    return set_job(job, lease_until=timezone.now() - timedelta(seconds=1))


def raiser(error):
    def handler(job):
        raise error

    return handler


def test_asking_makes_a_waiting_job_and_wakes_the_queue_after_the_commit(
    user, woken, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        job = ask(user)
        assert woken == []

    assert woken == [job.pk]
    assert (job.state, job.requested_by, job.attempt, job.closed_at, job.lease_token) == (
        JobState.PENDING,
        user,
        0,
        None,
        None,
    )
    assert job.due_at <= timezone.now()


def test_asking_again_returns_the_open_job_and_wakes_nobody(
    user, woken, django_capture_on_commit_callbacks
):
    first = ask(user)
    with django_capture_on_commit_callbacks(execute=True):
        second = ask(make_user(Role.CLERK))
        other = ask(user, subject_id=8)

    assert (second.pk, second.requested_by) == (first.pk, user)
    assert woken == [other.pk]


def test_asking_after_the_end_makes_a_new_job(user, woken, kinds):
    kinds(lambda job: False)
    first = ask(user)
    jobs.work(first.pk)

    second = ask(user)

    assert second.pk != first.pk
    assert selectors.get_latest(kind="TRIAL", subject_id=7) == second
    assert selectors.get_latest(kind="TRIAL", subject_id=9) is None


@pytest.mark.committed
def test_asking_twice_at_once_makes_one_job(woken):
    user = make_user(Role.CLERK)
    ids = in_parallel(4, lambda: ask(user).pk)

    assert len(set(ids)) == 1
    assert Job.objects.count() == 1
    assert len(woken) == 1


@pytest.mark.committed
def test_request_that_is_rolled_back_wakes_nobody(woken):
    user = make_user(Role.CLERK)
    with transaction.atomic():
        ask(user)
        transaction.set_rollback(True)

    assert (woken, Job.objects.count()) == ([], 0)


@pytest.mark.goal("G-40")
@pytest.mark.parametrize("error", [OperationalError("down"), ConnectionRefusedError("down")])
def test_queue_that_is_down_loses_nothing(user, monkeypatch, kinds, error):
    kinds(lambda job: False)
    monkeypatch.setattr(tasks.run, "delay", raiser(error))
    job = ask(user)

    jobs.wake(job.pk)

    assert fresh(job).state == JobState.PENDING
    monkeypatch.setattr(tasks.run, "delay", jobs.work)
    assert jobs.sweep() == 1
    assert fresh(job).state == JobState.DONE


@pytest.mark.goal("G-31")
def test_work_does_the_steps_in_the_requesters_name_to_the_end(user, kinds):
    seen = []

    def handler(job):
        seen.append((job.step, context.current_actor_id(), context.current_request_id()))
        job.step, job.done_count, job.total_count = f"STEP_{len(seen)}", len(seen), 3
        return len(seen) < 3

    kinds(handler)
    job = ask(user)

    assert jobs.work(job.pk) == JobState.DONE

    request = f"job-{job.pk}-1"
    assert seen == [
        ("", user.pk, request),
        ("STEP_1", user.pk, request),
        ("STEP_2", user.pk, request),
    ]
    done = fresh(job)
    assert (done.state, done.step, done.done_count, done.total_count) == (
        JobState.DONE,
        "STEP_2",
        2,
        3,
    )
    assert done.closed_at is not None
    assert (done.lease_token, done.lease_until, done.attempt, done.error_code) == (
        None,
        None,
        1,
        "",
    )


@pytest.mark.goal("G-39")
def test_finished_job_is_not_done_again_by_a_doubled_message(user, kinds):
    runs = []
    kinds(lambda job: bool(runs.append(job.pk)))
    job = ask(user)

    outcomes = [jobs.work(job.pk) for _ in range(3)]

    assert outcomes == [JobState.DONE, None, None]
    assert runs == [job.pk]


@pytest.mark.parametrize(
    "facts",
    [
        {"state": JobState.DONE, "closed_at": "now"},
        {"state": JobState.FAILED, "closed_at": "now"},
        {"state": JobState.CANCELLED, "closed_at": "now"},
        {"due_at": "later"},
        {"attempt": 5},
        {"state": JobState.RUNNING, "lease_token": uuid.uuid4(), "lease_until": "later"},
    ],
    ids=["done", "failed", "cancelled", "not due", "used up", "leased"],
)
def test_job_that_is_not_free_is_not_claimed(user, facts):
    now = timezone.now()
    moments = {"now": now, "later": now + timedelta(minutes=1)}
    job = set_job(ask(user), **{name: moments.get(value, value) for name, value in facts.items()})

    assert jobs.claim(job.pk) is None
    assert fresh(job).attempt == job.attempt


def test_job_that_does_not_exist_is_not_claimed(db):
    assert jobs.claim(987654) is None
    assert jobs.work(987654) is None


def test_claim_takes_a_lease_of_a_minute_and_counts_the_attempt(user):
    with time_machine.travel("2026-11-23T08:00:00Z", tick=False):
        job = jobs.claim(ask(user).pk)

    assert (job.state, job.attempt) == (JobState.RUNNING, 1)
    assert job.lease_until.isoformat() == "2026-11-23T08:01:00+00:00"
    assert job.lease_token is not None


@pytest.mark.goal("G-39")
@pytest.mark.committed
def test_of_many_workers_one_claims(woken):
    user = make_user(Role.CLERK)
    job = ask(user)

    claimed = in_parallel(5, lambda: jobs.claim(job.pk))

    assert sum(found is not None for found in claimed) == 1
    assert fresh(job).attempt == 1


def test_report_stores_progress_and_lengthens_the_lease(user):
    with time_machine.travel("2026-11-23T08:00:00Z", tick=False) as clock:
        job = jobs.claim(ask(user).pk)
        clock.shift(50)
        jobs.report(job, step="PAGES", done=3, total=9)
        clock.shift(1)
        jobs.report(job, step="INDEX")

    stored = fresh(job)
    assert (stored.step, stored.done_count, stored.total_count) == ("INDEX", 3, 9)
    assert stored.lease_until.isoformat() == "2026-11-23T08:01:51+00:00"


@pytest.mark.goal("G-39")
def test_worker_whose_lease_was_taken_over_stops_without_a_trace(user, kinds):
    def handler(job):
        lose_lease(job)
        handler.second = jobs.claim(job.pk)
        return True

    kinds(handler)
    job = ask(user)

    assert jobs.work(job.pk) is None

    stored = fresh(job)
    assert (stored.state, stored.lease_token) == (JobState.RUNNING, handler.second.lease_token)
    with pytest.raises(LeaseLost):
        jobs.report(job, step="LATE")
    assert fresh(job).step == ""


@pytest.mark.goal("G-39")
def test_old_worker_cannot_close_what_the_new_one_has(user, kinds):
    def handler(job):
        lose_lease(job)
        jobs.claim(job.pk)
        return False

    kinds(handler)
    job = ask(user)

    assert jobs.work(job.pk) is None
    assert fresh(job).state == JobState.RUNNING


def test_hopeless_work_fails_at_once_and_tells_its_room(user, kinds):
    told = []
    kinds(raiser(JobFailed("SOURCE_ALTERED")), lambda job: told.append(job.error_code))
    job = ask(user)

    assert jobs.work(job.pk) == JobState.FAILED

    stored = fresh(job)
    assert (stored.state, stored.error_code, stored.attempt) == (
        JobState.FAILED,
        "SOURCE_ALTERED",
        1,
    )
    assert told == ["SOURCE_ALTERED"]
    assert events_of(Action.JOB_FAILED) == []


def test_failure_of_work_whose_room_hears_nothing_is_an_event(user, kinds):
    kinds(raiser(JobFailed("SOURCE_ALTERED")))
    job = ask(user)

    jobs.work(job.pk)

    (event,) = events_of(Action.JOB_FAILED)
    assert (event.outcome, event.actor_id, event.subject_type, event.subject_id, event.detail) == (
        Outcome.FAILED,
        user.pk,
        "job",
        str(job.pk),
        {"kind": "TRIAL", "error": "SOURCE_ALTERED"},
    )


def test_room_that_cannot_take_the_failure_leaves_the_job_open(user, kinds):
    kinds(raiser(JobFailed("SOURCE_ALTERED")), raiser(ZeroDivisionError()))
    job = ask(user)

    with pytest.raises(ZeroDivisionError):
        jobs.work(job.pk)

    assert fresh(job).state == JobState.RUNNING


def test_refusal_ends_the_work_and_is_recorded(user, kinds):
    refusal = Refused("No.", action=Action.PACKAGE_ASSEMBLED, patient_id=5, reason="NO_GROUND")
    kinds(raiser(refusal), lambda job: None)
    job = ask(user)

    assert jobs.work(job.pk) == JobState.FAILED

    assert fresh(job).error_code == "NO_GROUND"
    (event,) = events_of(Action.PACKAGE_ASSEMBLED)
    assert (event.outcome, event.actor_id, event.patient_id, event.request_id) == (
        Outcome.REFUSED,
        user.pk,
        5,
        f"job-{job.pk}-1",
    )


@pytest.mark.parametrize("attempt, seconds", [(1, 5), (2, 15), (3, 60), (4, 300)])
def test_error_that_may_pass_puts_the_job_back_for_later(user, kinds, attempt, seconds):
    kinds(raiser(ConnectionError("secret row 12")))
    with time_machine.travel("2026-11-23T08:00:00Z", tick=False):
        job = set_job(ask(user), attempt=attempt - 1)

        assert jobs.work(job.pk) == JobState.PENDING

        stored = fresh(job)
        assert (stored.due_at - timezone.now()).total_seconds() == seconds
    assert (stored.attempt, stored.error_code) == (attempt, "ConnectionError")
    assert (stored.lease_token, stored.closed_at) == (None, None)


def test_error_on_the_last_attempt_ends_the_work(user, kinds):
    told = []
    kinds(raiser(ConnectionError()), lambda job: told.append(job.error_code))
    job = set_job(ask(user), attempt=4)

    assert jobs.work(job.pk) == JobState.FAILED
    assert told == ["ConnectionError"]


def test_kind_that_no_room_knows_is_tried_again_later(user):
    job = ask(user, kind="FROM_THE_FUTURE")

    assert jobs.work(job.pk) == JobState.PENDING
    assert fresh(job).error_code == "KeyError"
    with pytest.raises(KeyError):
        registry.get_handler("FROM_THE_FUTURE")


@pytest.mark.parametrize("state, expected", [("PENDING", True), ("RUNNING", False)])
def test_only_waiting_work_is_cancelled(user, state, expected):
    job = ask(user)
    if state == "RUNNING":
        jobs.claim(job.pk)

    assert jobs.cancel(job=job) is expected
    assert fresh(job).state == (JobState.CANCELLED if expected else JobState.RUNNING)
    assert jobs.cancel(job=job) is False


@pytest.mark.goal("G-40")
def test_sweep_wakes_what_is_due_and_free_and_nothing_else(user, woken):
    now = timezone.now()
    due = ask(user, subject_id=1)
    orphan = lose_lease(jobs.claim(ask(user, subject_id=2).pk))
    jobs.claim(ask(user, subject_id=3).pk)
    ask(user, subject_id=4, due_at=now + timedelta(minutes=1))
    jobs.cancel(job=ask(user, subject_id=5))

    assert jobs.sweep() == 2
    assert sorted(woken) == sorted([due.pk, orphan.pk])


def test_sweep_gives_up_what_died_on_its_last_attempt(user, woken, kinds):
    told = []
    kinds(lambda job: False, lambda job: told.append((job.error_code, context.current_actor_id())))
    job = set_job(ask(user), attempt=4)
    lose_lease(jobs.claim(job.pk))

    assert jobs.sweep() == 0

    stored = fresh(job)
    assert (stored.state, stored.error_code) == (JobState.FAILED, "WORKER_LOST")
    assert told == [("WORKER_LOST", user.pk)]
    assert woken == []


def test_sweep_spares_a_worker_that_has_just_shown_life(user, kinds, monkeypatch):
    kinds(lambda job: False)
    job = set_job(ask(user), attempt=4)
    claimed = jobs.claim(job.pk)
    late = lose_lease(claimed)
    jobs.report(claimed, step="ALIVE")

    jobs._give_up(late)

    assert fresh(job).state == JobState.RUNNING


def test_tasks_of_the_queue_call_the_services(user, kinds, woken):
    kinds(lambda job: False)
    job = ask(user)

    tasks.run(job.pk)
    tasks.sweep()

    assert fresh(job).state == JobState.DONE
    assert woken == []


@pytest.mark.goal("G-07")
def test_worker_acts_with_the_rights_that_the_requester_has_now(user, kinds):
    held = []
    kinds(lambda job: bool(held.append(job.requested_by.has_perm("access.open_chart"))))
    first = ask(user)
    jobs.work(first.pk)
    users.set_roles(actor=make_user(Role.ADMINISTRATOR), user_id=user.pk, roles=[])
    jobs.work(ask(user).pk)

    assert held == [True, False]


def test_event_of_a_step_names_attempt_and_requester(user, kinds):
    kinds(lambda job: bool(events.record(action=Action.REPORT_VIEWED)) and False)
    job = ask(user)

    jobs.work(job.pk)

    (event,) = events_of(Action.REPORT_VIEWED)
    assert (event.actor_id, event.request_id) == (user.pk, f"job-{job.pk}-1")


def in_parallel(count, function):
    """Run the function in that many threads at the same moment; return the results."""
    barrier, found = threading.Barrier(count), []

    def run():
        barrier.wait()
        try:
            found.append(function())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found
