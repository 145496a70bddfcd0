"""For load balancers and monitors: does this process live, can it serve, does the worker run."""

from __future__ import annotations

import time

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from accounts.http import public
from config.tasks import HEARTBEAT

LATE_AFTER_SECONDS = 90


@public
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """Answer; nothing else is looked at, so that a database's trouble restarts no web server."""
    return HttpResponse("ok\n", content_type="text/plain")


@public
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Answer 200 when database and cache do, else 503; a late worker is told, not failed.

    Requests can be served without the worker, so its state must not take this process out of
    service.
    """
    database, worker = _database(), _worker()
    found = {"database": database, "cache": "failed" if worker == "unknown" else "ok"}
    is_ready = set(found.values()) == {"ok"}
    return JsonResponse(found | {"worker": worker}, status=200 if is_ready else 503)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "failed"
    return "ok"


def _worker() -> str:
    try:
        beat = cache.get(HEARTBEAT)
    except (RedisError, OSError):
        return "unknown"
    is_late = beat is None or time.time() - float(beat) > LATE_AFTER_SECONDS
    return "late" if is_late else "ok"
