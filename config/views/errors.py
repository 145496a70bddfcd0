"""Answers to what went wrong: say what to do, give a reference, show nothing of a patient."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from audit import context


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that cannot be read."""
    return _answer(request, "400.html", 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that Django itself refuses, such as one with a stale form token."""
    return _answer(request, "403.html", 403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token does not match its session."""
    return _answer(request, "403.html", 403, is_form=True)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer for what does not exist, or what this person may not know of: alike."""
    return _answer(request, "404.html", 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer an error of ours."""
    return _answer(request, "500.html", 500)


def _answer(request: HttpRequest, template: str, status: int, **values: Any) -> HttpResponse:
    values["request_id"] = context.current_request_id()
    return render(request, template, values, status=status)
