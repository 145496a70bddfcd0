"""Names the origin of every request, and answers refusals after recording them."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponseBase

from audit import context, http
from audit.context import Origin, Source
from audit.errors import AuditUnavailable, Refused
from audit.services import events

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class OriginMiddleware:
    """Lets events below come from this request, and gives it an id that the client cannot choose.

    The id replaces any `X-Request-ID` header, so log lines carry the same one, and goes back in
    the response.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request_id = context.new_request_id()
        request.META["HTTP_X_REQUEST_ID"] = request_id
        vars(request).pop("headers", None)  # Django keeps a copy once anybody has asked
        source = Source(
            request_id,
            lambda: request.user.pk,
            lambda: origin_of_request(request, request_id),
        )
        with context.acting_from(source):
            response = self.get_response(request)
        response.headers["X-Request-ID"] = request_id
        return response


class RefusalMiddleware:
    """Records a refusal after the rollback that it caused, and answers it.

    Where the database or the trail cannot be reached the answer is 503 with nothing of a patient.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponseBase | None:
        """Answer a refusal or an unreachable store; leave every other error alone."""
        if isinstance(exception, Refused):
            return answer_refusal(request, exception)
        if isinstance(exception, AuditUnavailable | OperationalError | InterfaceError):
            return http.unavailable(request)
        return None


def answer_refusal(request: HttpRequest, refused: Refused) -> HttpResponseBase:
    """Record a refusal and answer it; where it cannot be recorded the answer is 503.

    Middleware that refuses before any view calls this itself.
    """
    try:
        events.record_refusal(refused)
    except (AuditUnavailable, DatabaseError):
        return http.unavailable(request)
    return http.refused(request, refused)


def origin_of_request(request: HttpRequest, request_id: str) -> Origin:
    """Return who sends this request: the signed-in person at this moment, session and address."""
    user: Any = request.user
    is_known = user.pk is not None
    return Origin(
        actor_id=user.pk,
        actor_name=context.name_of(user) if is_known else context.ANONYMOUS_NAME,
        role=context.role_of(user) if is_known else context.ANONYMOUS_ROLE,
        request_id=request_id,
        session_digest=session_digest(request),
        client_address=client_address(request),
    )


def session_digest(request: HttpRequest) -> str:
    """Return a keyed hash of the session's key: sessions can be told apart, never taken over."""
    key = request.session.session_key
    return events.digest("session", key) if key else ""


def client_address(request: HttpRequest) -> str | None:
    """Return the client's address, trusting as many proxies as the settings say and no more.

    Each trusted proxy appends the address it saw, so the client's is that many from the end of
    `X-Forwarded-For`; whatever stands before was written by the client itself.
    """
    address = request.META.get("REMOTE_ADDR", "")
    proxies = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    if proxies:
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        address = forwarded[-proxies].strip() if len(forwarded) >= proxies else address
    try:
        return str(ip_address(address))
    except ValueError:
        return None
