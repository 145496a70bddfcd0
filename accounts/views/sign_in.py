"""What stands where allauth would offer things that this house does in person."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.http import public
from accounts.services import failures
from audit import context


@public
def closed(request: HttpRequest, **_: Any) -> HttpResponse:
    """Answer as if the page did not exist: addresses and codes by mail are no way in.

    Raises:
        Http404: always.
    """
    raise Http404


@public
@require_safe
def password_forgotten(request: HttpRequest, **_: Any) -> HttpResponse:
    """Say whom to ask; the same for everybody, so that no name can be guessed at."""
    return render(request, "account/password_reset.html")


def too_many(request: HttpRequest) -> HttpResponse:
    """Answer one request too many within a limit of allauth's; the trail is told."""
    match = request.resolver_match
    failures.record_too_many(match.view_name if match else "")
    values = {"request_id": context.current_request_id()}
    return render(request, "429.html", values, status=429)
