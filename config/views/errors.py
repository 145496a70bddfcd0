"""Answers to what went wrong: say what to do, give a reference, show nothing of a patient."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.http import is_by_script
from audit import context


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that cannot be read."""
    return _answer(request, "400.html", 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that Django itself refuses, such as one with a stale form token."""
    return _answer(request, "403.html", 403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token does not match its session, or that nobody signed in has sent.

    A script is told 401, as by every page that asks for a sign-in, and keeps what was typed.
    """
    if request.user.is_authenticated:
        return _answer(request, "403.html", 403, is_form=True)
    if is_by_script(request):
        return HttpResponse(status=401, headers={"X-Sign-In": resolve_url(settings.LOGIN_URL)})
    return _answer(request, "403.html", 403, is_form=True, sign_in_url=_sign_in_url(request))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer for what does not exist, or what this person may not know of: alike.

    The frame shows neither desk nor help of the page that was asked for.
    """
    request.resolver_match = None
    return _answer(request, "404.html", 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer an error of ours."""
    return _answer(request, "500.html", 500)


def _sign_in_url(request: HttpRequest) -> str:
    """Return the address of sign-in, which leads on to the page that the form stood on."""
    url = resolve_url(settings.LOGIN_URL)
    page = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(page, {request.get_host()}):
        return url
    path = urlsplit(page).path
    return url if path in ("", url) else f"{url}?{urlencode({'next': path})}"


def _answer(request: HttpRequest, template: str, status: int, **values: Any) -> HttpResponse:
    values["request_id"] = context.current_request_id()
    return render(request, template, values, status=status)
