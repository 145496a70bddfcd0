"""For load balancers and monitors: does this process live, can it serve, does the rest work."""

from __future__ import annotations

import time

from django.core.cache import cache
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from accounts.http import public
from audit.selectors import seals
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
    """Answer 200 when database and cache do, else 503.

    A late worker and a late seal are told to monitors by word and not by status: requests can be
    served meanwhile, and taking this process out of service would mend neither.
    """
    found = _database() | _cache()
    is_ready = "failed" not in found.values()
    return JsonResponse(found, status=200 if is_ready else 503)


def _database() -> dict[str, str]:
    try:
        state = seals.get_trail_state()
    except DatabaseError:
        return {"database": "failed", "seal": "unknown"}
    return {"database": "ok", "seal": "ok" if state.is_sound else "alarm"}


def _cache() -> dict[str, str]:
    try:
        beat = cache.get(HEARTBEAT)
    except (RedisError, OSError):
        return {"cache": "failed", "worker": "unknown"}
    is_late = beat is None or time.time() - float(beat) > LATE_AFTER_SECONDS
    return {"cache": "ok", "worker": "late" if is_late else "ok"}
