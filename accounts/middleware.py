"""What stands between a request and a view: signed in, not idle, second factor where required."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import reverse

from accounts.http import is_by_script, person
from accounts.models import User
from accounts.presenters import saved_lists as presenter
from accounts.selectors import saved_lists, second_factors
from accounts.services import sessions
from accounts.services.sessions import ACTIVE, STARTED

__all__ = ["ACTIVE", "HAS_FACTOR", "STARTED"]

HAS_FACTOR = "second_factor_seen"
# Set on a request whose session was ended by force or by the clock, which wrote its own event.
IS_ENDED = "is_session_ended"
# Set on a request for a list that was asked for without filters: its saved lists.
OFFERED = "saved_lists_offered"
# Writing the session on every request would double the cost of a page; a log-off may come
# this many seconds early.
GRANULARITY_SECONDS = 5


class IdleLogoffMiddleware:
    """End a session that has been idle, or open, for too long, on the server's clock."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # Read before anybody asks for `request.user`: Django empties a session that was begun
        # under another password, and with it the knowledge of whose it was.
        owner_id = request.session.get(SESSION_KEY)
        request.session_owner = owner_id and int(owner_id)  # type: ignore[attr-defined]
        request.session_sent = request.session.session_key  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Expire the session, or note the activity; polling views note none."""
        owner_id: int | None = request.session_owner  # type: ignore[attr-defined]
        key: str = request.session_sent  # type: ignore[attr-defined]
        if owner_id is None:
            return None
        if not request.user.is_authenticated:
            self._drop(request, owner_id, key)
        elif sessions.is_over(request.session):
            sessions.expire(actor=person(request), session_key=key)
            self._log_off(request)
        elif not getattr(view, "is_polling", False):
            self._note_activity(request)
        return None

    @staticmethod
    def _note_activity(request: HttpRequest) -> None:
        now = int(time.time())
        if now - request.session[ACTIVE] >= GRANULARITY_SECONDS:
            request.session[ACTIVE] = now

    def _drop(self, request: HttpRequest, owner_id: int, key: str) -> None:
        """End the session of somebody who may not sign in any more, though it was left open.

        Django has already emptied a session that was begun under another password.
        """
        owner = User.objects.get(pk=owner_id)
        if request.session.session_key == key:
            sessions.revoke(actor=owner, user_id=owner_id, session_keys=[key])
        else:
            sessions.record_revoked(actor=owner, user_id=owner_id, count=1)
        self._log_off(request)

    @staticmethod
    def _log_off(request: HttpRequest) -> None:
        setattr(request, IS_ENDED, True)
        logout(request)


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Every view needs a signed-in person unless it is marked public."""

    def handle_no_permission(  # type: ignore[override]
        self, request: HttpRequest, view_func: Any
    ) -> HttpResponseBase:
        """Send a page to sign-in; tell a script 401 so that it keeps what was typed."""
        if not _is_script(request, view_func):
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
        is_own_page = view.__module__.startswith("allauth.")
        is_free = is_own_page or getattr(view, "is_before_duties", False)
        if is_free or not getattr(view, "login_required", True):
            return None
        if not request.user.is_authenticated:
            return None
        duty = self._find_duty(request)
        if duty and _is_script(request, view):
            return HttpResponse(status=403, headers={"X-Sign-In": duty})
        return HttpResponseRedirect(duty) if duty else None

    def _find_duty(self, request: HttpRequest) -> str:
        """Return the address of what the person owes, or an empty text."""
        if person(request).must_change_password:
            return reverse("account_change_password")
        if self._lacks_factor(request):
            query = urlencode({"next": request.path})
            return f"{reverse('mfa_index')}?{query}"
        return ""

    @staticmethod
    def _lacks_factor(request: HttpRequest) -> bool:
        required = frozenset(settings.ROLES_REQUIRING_SECOND_FACTOR)
        if not required or request.session.get(HAS_FACTOR):
            return False
        user = person(request)
        if not required & user.role_names:
            return False
        if not second_factors.has_second_factor(user):
            return True
        request.session[HAS_FACTOR] = True
        return False


class SavedListMiddleware:
    """Open a list that is asked for without any filter with the reader's default, if they have one.

    Its address then says what is shown, so that it can be passed on.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Redirect whoever may open the list; everybody else is refused by the view itself."""
        is_plain = request.method == "GET" and not request.META.get("QUERY_STRING")
        if not (is_plain and getattr(view, "filters", None)) or is_by_script(request):
            return None
        user, match = request.user, request.resolver_match
        if match is None or not user.is_authenticated:
            return None
        if not user.has_perms(view.required_permissions):
            return None
        offered = saved_lists.list_offered(person(request), match.view_name)
        setattr(request, OFFERED, offered)
        chosen = next((row for row in offered if row.is_default and row.owner_id == user.pk), None)
        return HttpResponseRedirect(presenter.address(chosen)) if chosen else None


def _is_script(request: HttpRequest, view: Any) -> bool:
    return is_by_script(request) or getattr(view, "is_polling", False)
