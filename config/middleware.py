"""Headers of every answer, errors and static files included; what the log says of a request."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django_structlog.middlewares import RequestMiddleware


class ResponseHeadersMiddleware:
    """Keep answers out of caches and other sites' pages; stands first, so that none escapes it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        response["X-Frame-Options"] = settings.X_FRAME_OPTIONS
        is_static = request.path.startswith(settings.STATIC_URL) and "Cache-Control" in response
        if not is_static:
            response["Cache-Control"] = "no-store"
        match = request.resolver_match
        if request.method == "POST" and match and match.url_name == "account_logout":
            response["Clear-Site-Data"] = '"cache"'
        return response


class RequestLogMiddleware(RequestMiddleware):
    """Log each request by method and path; its query may hold what somebody searched for."""

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        """Return what log lines call the request."""
        return f"{request.method} {request.path}"
