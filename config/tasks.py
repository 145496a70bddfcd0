"""A sign of life from the worker, by way of clock, queue and cache."""

from __future__ import annotations

import time

from celery import shared_task
from django.core.cache import cache

HEARTBEAT = "worker-heartbeat"


@shared_task
def heartbeat() -> None:
    """Note the time; `/health/ready/` tells when it grows old."""
    cache.set(HEARTBEAT, time.time(), timeout=None)
