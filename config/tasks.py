"""A sign of life from the worker, by way of clock, queue and cache."""

from __future__ import annotations

import time
from typing import Any

from celery import shared_task
from celery.signals import worker_ready
from django.core.cache import cache

HEARTBEAT = "worker-heartbeat"


@shared_task
def heartbeat() -> None:
    """Note the time; `/health/ready/` tells when it grows old."""
    cache.set(HEARTBEAT, time.time(), timeout=None)


@worker_ready.connect
def send_first_heartbeat(**_: Any) -> None:
    """Let a worker that has just started not count as late until the clock's first turn."""
    heartbeat.delay()
