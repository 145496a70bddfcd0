"""What every view shares: its method and permission check, and the answers to refusals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from django import forms
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
)
from django.http.response import HttpResponseNotAllowed
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import get_resolver

from audit import context, owners
from audit.enums import Action
from audit.errors import Refused
from audit.services.tables import TakenOut

View = Callable[..., HttpResponseBase]
LARGEST_KEY = 2**63 - 1  # of any row


class MissingPermission(Refused):
    """The person's roles do not carry what this page needs."""

    message = "Your role does not allow this."
    reason = "PERMISSION"
    advice = ("Ask your supervisor if you need it for your work; an administrator gives roles.",)


def requires(*permissions: str, methods: tuple[str, ...] = ("GET",)) -> Callable[[View], View]:
    """Let a view answer only `methods`, and only people who hold every permission named.

    HEAD goes with GET. Signing in is enforced before any view by the accounts room, so a view with
    no permission named is open to everybody signed in. Tests read the rule from the view's
    `required_permissions` and `allowed_methods`.

    Raises:
        MissingPermission: from the view, when a permission is missing; it is recorded.
        Http404: from the view, when the address names what no row can hold.
    """
    allowed = tuple(sorted({*methods, "HEAD"} if "GET" in methods else set(methods)))

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method not in allowed:
                return HttpResponseNotAllowed(allowed)
            missing = [name for name in permissions if not request.user.has_perm(name)]
            if missing:
                raise missing_permission(request, missing)
            if _names_nothing(request, kwargs):
                raise Http404
            return view(request, *args, **kwargs)

        checked.required_permissions = permissions  # type: ignore[attr-defined]
        checked.allowed_methods = allowed  # type: ignore[attr-defined]
        return checked

    return decorate


@dataclass(frozen=True)
class Filters:
    """What the page of a list is called, and what its address may narrow it by.

    `kept` are the filters that a saved list may hold, each with the field that reads it: codes,
    days, numbers of people. `left_out` are those that may name a patient, or hold what somebody
    typed, each with a sentence that says so. `numbers` are the kept ones that hold a number, each
    with the type of subject of which it must be one: a record number put there is none.
    """

    title: str
    kept: Mapping[str, forms.Field]
    left_out: Mapping[str, str] = field(default_factory=dict)
    numbers: Mapping[str, str] = field(default_factory=dict)


def narrowed_by(filters: Filters) -> Callable[[View], View]:
    """Mark a view as the page of a list whose filters can be saved; stands below `requires`.

    Whoever offers saved lists reads the mark from the view's `filters`.
    """

    def decorate(view: View) -> View:
        view.filters = filters  # type: ignore[attr-defined]
        return view

    return decorate


def _names_nothing(request: HttpRequest, kwargs: dict[str, Any]) -> bool:
    """Tell whether the address holds a number above all keys, or a zero byte, which no text has."""
    is_too_large = any(isinstance(value, int) and value > LARGEST_KEY for value in kwargs.values())
    return is_too_large or "%00" in request.META.get("QUERY_STRING", "")


def key_asked(text: str) -> int | None:
    """Return the key of a row that a text names, or None where it names none."""
    key = int(text) if text.isdecimal() and len(text) < 20 else None
    return key if key is not None and key <= LARGEST_KEY else None


def missing_permission(request: HttpRequest, missing: list[str]) -> MissingPermission:
    """Return the refusal of a route to somebody who lacks permissions.

    Its event names the record that was asked for, and the patient whose it is.
    """
    match = request.resolver_match
    arguments = match.kwargs if match else {}
    keys = {name: key for name, key in arguments.items() if _is_key(key)}
    return MissingPermission(
        action=Action.PAGE_REQUESTED,
        patient_id=owners.find_patient(keys),
        subject_type="route",
        subject_id=match.view_name if match else "",
        detail={"missing": missing, **keys},
    )


def _is_key(value: Any) -> bool:
    return isinstance(value, int) and value <= LARGEST_KEY


def refused(request: HttpRequest, refusal: Refused) -> HttpResponseBase:
    """Answer a refusal: JSON or a fragment where asked for, else the page.

    A page that one may not know of gets the very answer of a page that does not exist.
    """
    if _wants_json(request):
        body = {"error": refusal.reason, "message": refusal.message}
        return _with_id(JsonResponse(body, status=refusal.status))
    if refusal.status == 404:
        handler: View = get_resolver().resolve_error_handler(404)
        return handler(request, Http404())
    template = "refused.html#fragment" if _is_htmx(request) else "refused.html"
    values = {"refusal": refusal, "request_id": context.current_request_id()}
    return render(request, template, values, status=refusal.status)


def unavailable(request: HttpRequest) -> HttpResponse:
    """Answer that the trail or the database cannot be reached; nothing here asks either of them."""
    values = {"request_id": context.current_request_id()}
    if _wants_json(request):
        body = {"error": "UNAVAILABLE", "message": "The records room cannot be reached just now."}
        return _with_id(JsonResponse(body, status=503))
    return HttpResponse(render_to_string("503.html", values), status=503)


def download(taken: TakenOut) -> FileResponse:
    """Answer a list that was taken out, which is on record by now."""
    return FileResponse(
        taken.file, as_attachment=True, filename=taken.name, content_type=taken.content_type
    )


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")


def _is_htmx(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def _with_id(response: JsonResponse) -> JsonResponse:
    response.headers["X-Request-ID"] = context.current_request_id()
    return response
