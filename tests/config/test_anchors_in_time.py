"""How long an event can stand without its seal outside the database."""

from datetime import timedelta

import pytest
from django.conf import settings

from audit.selectors.verification import ANCHOR_WITHIN
from config.celery import app


@pytest.mark.goal("G-27")
def test_seals_are_anchored_within_five_minutes_and_a_gap_alarms_within_ten():
    seal = app.conf.beat_schedule["seal"]

    assert seal["task"] == "audit.tasks.seal"
    assert timedelta(seconds=seal["schedule"]) <= timedelta(minutes=5)
    assert timedelta(seconds=settings.SEAL_LAG_ALARM_SECONDS) <= timedelta(minutes=10)
    assert timedelta(minutes=10) >= ANCHOR_WITHIN
