"""The queue: its application, and the clock that wakes sweepers.

The job rows in PostgreSQL are the truth; a message only wakes a worker. Each scheduled message
expires before the next one is due, so that a stopped worker finds no pile, and two clocks do no
harm.
"""

from __future__ import annotations

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("chartroom")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

app.conf.beat_schedule = {
    "seal": {"task": "audit.tasks.seal", "schedule": 10.0, "options": {"expires": 10}},
    "sweep": {"task": "jobs.tasks.sweep", "schedule": 15.0, "options": {"expires": 15}},
    "heartbeat": {"task": "config.tasks.heartbeat", "schedule": 15.0, "options": {"expires": 15}},
    "close-expired-glass": {
        "task": "records.access.tasks.close_expired_glass",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "lapse-access-requests": {
        "task": "records.access.tasks.lapse_access_requests",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "expire-idle-sessions": {
        "task": "accounts.tasks.expire_idle_sessions",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "make-partitions": {
        "task": "audit.tasks.make_partitions",
        "schedule": crontab(hour=1, minute=10),
        "options": {"expires": 3600},
    },
    "verify-recent": {
        "task": "audit.tasks.verify_recent",
        "schedule": crontab(hour=3, minute=30),
        "options": {"expires": 3600},
    },
    "evaluate-retention": {
        "task": "records.retention.tasks.evaluate",
        "schedule": crontab(hour=2, minute=20),
        "options": {"expires": 3600},
    },
    "keep-up-releases": {
        "task": "requests_release.tasks.keep_up",
        "schedule": crontab(minute="*/10"),
        "options": {"expires": 500},
    },
    "sweep-orphans": {
        "task": "records.documents.tasks.sweep_orphans",
        "schedule": crontab(hour=4, minute=40),
        "options": {"expires": 3600},
    },
    "verify-vault-sample": {
        "task": "records.documents.tasks.verify_sample",
        "schedule": crontab(hour=5, minute=10),
        "options": {"expires": 3600},
    },
}
