import pytest
from celery import current_app

from audit.services import verifications
from config.celery import app

# Sent by services, not by the clock.
ON_DEMAND = {"jobs.tasks.run"}


@pytest.fixture(scope="module")
def tasks():
    app.loader.import_default_modules()
    return {name for name in app.tasks if not name.startswith("celery.")}


def test_every_scheduled_task_exists_and_every_other_is_sent_by_a_service(tasks):
    scheduled = {entry["task"] for entry in app.conf.beat_schedule.values()}

    assert scheduled - tasks == set()
    assert tasks - scheduled == ON_DEMAND


@pytest.mark.goal("G-39")
def test_messages_expire_before_they_pile_up():
    missing = {
        name for name, entry in app.conf.beat_schedule.items() if not entry["options"]["expires"]
    }
    seconds = {
        name: (entry["schedule"], entry["options"]["expires"])
        for name, entry in app.conf.beat_schedule.items()
        if isinstance(entry["schedule"], float)
    }

    assert missing == set()
    assert all(every >= expires for every, expires in seconds.values()), seconds


def test_web_processes_send_through_the_same_application():
    assert current_app.main == "chartroom"
    assert current_app.conf.broker_url == app.conf.broker_url


@pytest.mark.parametrize(
    "name, value",
    [
        ("task_acks_late", True),
        ("task_reject_on_worker_lost", True),
        ("worker_prefetch_multiplier", 1),
        ("task_serializer", "json"),
        ("accept_content", ["json"]),
        ("task_ignore_result", True),
    ],
)
def test_a_killed_worker_loses_no_task(name, value):
    assert getattr(app.conf, name) == value


def test_trail_is_verified_when_its_page_says_so():
    due = app.conf.beat_schedule["verify-recent"]["schedule"]
    said = verifications.DAILY_AT

    assert app.conf.timezone == "UTC"
    assert (due.hour, due.minute) == ({said.hour}, {said.minute})
