"""How long the session still lasts, for the script that warns before it ends."""

from __future__ import annotations

import time

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token

from accounts.http import before_duties, polling
from accounts.middleware import ACTIVE, STARTED
from audit.http import requires


@before_duties
@polling
@requires()
def state(request: HttpRequest) -> HttpResponse:
    """Say who is signed in and how many seconds are left; asking does not lengthen them."""
    return _state(request)


@before_duties
@requires(methods=("POST",))
def extend(request: HttpRequest) -> HttpResponse:
    """Count as activity: the person chose to stay."""
    request.session[ACTIVE] = int(time.time())
    return _state(request)


def _state(request: HttpRequest) -> HttpResponse:
    now = int(time.time())
    idle_left = settings.IDLE_LOGOFF_SECONDS - (now - request.session.get(ACTIVE, now))
    whole_left = settings.SESSION_ABSOLUTE_SECONDS - (now - request.session.get(STARTED, now))
    left = max(0, min(idle_left, whole_left))
    # After signing in again an open page needs the new session's form token.
    return JsonResponse({"user": request.user.pk, "seconds": left, "csrf": get_token(request)})
