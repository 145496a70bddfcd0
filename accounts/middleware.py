"""What stands between a request and a view: signed in, not idle, second factor where required."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import reverse

from accounts.http import person
from accounts.selectors import second_factors
from audit.enums import Action
from audit.services import events

STARTED = "signed_in_at"
ACTIVE = "active_at"
HAS_FACTOR = "second_factor_seen"
# Writing the session on every request would double the cost of a page; a log-off may come
# this many seconds early.
GRANULARITY_SECONDS = 5


class IdleLogoffMiddleware:
    """End a session that has been idle, or open, for too long, on the server's clock."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Expire the session, or note the activity; polling views note none."""
        if STARTED not in request.session:
            return None
        now = int(time.time())
        idle = now - request.session.get(ACTIVE, 0)
        if idle >= settings.IDLE_LOGOFF_SECONDS or self._is_too_old(request, now):
            self._expire(request)
        elif idle >= GRANULARITY_SECONDS and not getattr(view, "is_polling", False):
            request.session[ACTIVE] = now
        return None

    @staticmethod
    def _is_too_old(request: HttpRequest, now: int) -> bool:
        started: int = request.session[STARTED]
        return now - started >= settings.SESSION_ABSOLUTE_SECONDS

    @staticmethod
    def _expire(request: HttpRequest) -> None:
        if request.user.is_authenticated:
            events.record(action=Action.SESSION_EXPIRED, actor=request.user)
        request.session["is_expiring"] = True
        logout(request)


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Every view needs a signed-in person unless it is marked public."""

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponseBase:
        """Send a page to sign-in; tell a script 401 so that it keeps what was typed."""
        is_script = bool(getattr(request, "htmx", False)) or getattr(view_func, "is_polling", False)
        if not is_script and request.headers.get("X-Requested-With") != "fetch":
            return super().handle_no_permission(request, view_func)
        return HttpResponse(status=401, headers={"X-Sign-In": resolve_url(settings.LOGIN_URL)})


class SignInDutiesMiddleware:
    """Keep people at what they owe: a password of their own, a second factor where required."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Redirect to the duty; sign-in's own pages and public ones stay open."""
        is_own_page = view.__module__.startswith(("allauth.", "accounts.views.sessions"))
        if is_own_page or not getattr(view, "login_required", True):
            return None
        if not request.user.is_authenticated:
            return None
        if request.user.must_change_password:
            return HttpResponseRedirect(reverse("account_change_password"))
        if self._lacks_factor(request):
            query = urlencode({"next": request.path})
            return HttpResponseRedirect(f"{reverse('mfa_index')}?{query}")
        return None

    @staticmethod
    def _lacks_factor(request: HttpRequest) -> bool:
        required = frozenset(settings.ROLES_REQUIRING_SECOND_FACTOR)
        if not required or request.session.get(HAS_FACTOR):
            return False
        if not required & person(request).role_names:
            return False
        if not second_factors.has_second_factor(request.user):
            return True
        request.session[HAS_FACTOR] = True
        return False
