"""The decision of a second person, with every page ticked as seen."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from audit.access import refusal
from audit.http import requires
from requests_release import access
from requests_release.enums import RequestStatus
from requests_release.forms.steps import DecisionForm
from requests_release.permissions import VIEW_REQUEST
from requests_release.services import approvals as services
from requests_release.views import frames
from requests_release.views.frames import Opened

SEEN = re.compile(r"([0-9]{1,18})-([0-9]{1,9})")


@requires(VIEW_REQUEST, methods=("GET", "POST"))
def request_approve(request: HttpRequest, request_id: int) -> HttpResponse:
    """Show every chosen page to be looked at and ticked, then approve, return or deny."""
    opened = frames.open_request(request, request_id)
    form = DecisionForm(request.POST or None, initial={"version": opened.request.version})
    seen = _seen(request)
    if request.method == "POST" and form.is_valid():
        _decide(opened, form.cleaned_data, seen)
        messages.success(request, "Your decision is recorded.")
        return redirect("requests_release:request_detail", request_id=request_id)
    refused = refusal(access.check_may_approve, actor=opened.scope.actor, request=opened.request)
    is_submitted = opened.request.status == RequestStatus.SUBMITTED
    blocking = opened.found.blocking
    values = frames.values(opened, "request_approve") | {
        "form": form,
        "documents": _documents(opened, seen),
        "total": sum(len(item.pages) for item in opened.found.items),
        "why_not": "" if is_submitted else "It is not submitted for approval.",
        "why_not_approve": blocking[0].text if blocking else "",
    }
    if refused and is_submitted:
        values["why_not"] = refused.message
    status = 422 if form.errors else 200
    return render(request, "requests_release/approve.html", values, status=status)


def _decide(opened: Opened, data: dict[str, Any], seen: set[tuple[int, int]]) -> None:
    common = {
        "actor": opened.scope.actor,
        "request_id": opened.request.pk,
        "version": data["version"],
    }
    if data["decision"] == "approve":
        services.approve(**common, seen=seen, note=data["comment"])
    elif data["decision"] == "return":
        services.give_back(**common, comment=data["comment"])
    elif data["decision"] == "none":
        services.confirm_no_records(**common, comment=data["comment"])
    else:
        services.deny(**common, comment=data["comment"])


def _seen(request: HttpRequest) -> set[tuple[int, int]]:
    """Return the (item, page) pairs that are ticked."""
    found = (SEEN.fullmatch(text) for text in request.POST.getlist("seen"))
    return {(int(match[1]), int(match[2])) for match in found if match}


def _documents(opened: Opened, seen: set[tuple[int, int]]) -> list[dict[str, Any]]:
    return [
        {
            "item": item,
            "pages": [(page, (item.item_id, page) in seen) for page in item.pages],
            "is_hidden": item.sensitivity not in opened.scope.classes,
        }
        for item in opened.found.items
    ]
