"""What the frame of an open page asks for from time to time: work waiting, state of the trail."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse

from accounts.http import person, polling
from accounts.models import User
from audit.http import requires
from audit.selectors.seals import TrailState, get_trail_state
from config import navigation
from records.access import worklists
from records.access.permissions import OPEN_CHART, VIEW_BROKEN_GLASS
from records.access.presenters import access_requests, glass
from records.access.selectors import access_requests as selectors
from records.access.selectors import told
from requests_release.permissions import VIEW_REQUEST
from requests_release.presenters import marks as release_marks
from requests_release.selectors import marks

TRAIL_AGE_SECONDS = 10
MOST_NOTICES = 5


@polling
@requires()
def status(request: HttpRequest) -> HttpResponse:
    """Answer counts, notices and trail as JSON, 204 where all are as the asker has them."""
    trail = get_trail_state(max_age=TRAIL_AGE_SECONDS)
    user = person(request)
    news = {
        "counts": count_work(user),
        "notices": list_notices(user),
        "trail": describe(trail),
    }
    version = hashlib.sha256(json.dumps(news, sort_keys=True).encode()).hexdigest()[:16]
    if request.GET.get("version") == version:
        return HttpResponse(status=204)
    return JsonResponse(news | {"version": version})


def count_work(user: User) -> dict[str, int]:
    """Return how much waits for `user` at each desk, and in all under `home`."""
    sources = worklists.sources_for(user)
    return navigation.count_by_desk((source.url_name, source.count(user)) for source in sources)


def list_notices(user: User) -> list[dict[str, Any]]:
    """Return what `user` was told and has not looked at; nothing in it names a patient."""
    return [*_list_glass(user), *_list_access_requests(user), *_list_takeovers(user)]


def _list_glass(user: User) -> list[dict[str, Any]]:
    if not user.has_perm(VIEW_BROKEN_GLASS):
        return []
    url = reverse("access:glass_list")
    return [glass.notice(row) | {"url": url} for row in told.list_unseen(user)[:MOST_NOTICES]]


def _list_access_requests(user: User) -> list[dict[str, Any]]:
    if not user.has_perm(OPEN_CHART):
        return []
    url = reverse("access:access_request_own")
    rows = selectors.list_unseen(user)[:MOST_NOTICES]
    return [access_requests.notice(row) | {"url": url} for row in rows]


def _list_takeovers(user: User) -> list[dict[str, Any]]:
    if not user.has_perm(VIEW_REQUEST):
        return []
    return [release_marks.notice(row) for row in marks.list_unseen(user)[:MOST_NOTICES]]


def describe(trail: TrailState) -> dict[str, Any]:
    """Return the trail's state for the foot of the page."""
    return {
        "is_sound": trail.is_sound,
        "unsealed_since": trail.unsealed_since.timestamp() if trail.unsealed_since else None,
        "lag": round(trail.lag_seconds) if trail.is_lagging else 0,
    }
