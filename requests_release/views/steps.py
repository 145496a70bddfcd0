"""The single steps of a request, each a page that says what will happen and asks once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.models import User
from audit.http import requires
from requests_release.enums import WaitReason
from requests_release.forms import steps as forms
from requests_release.forms.fields import VersionedForm
from requests_release.permissions import APPROVE_REQUEST, PREPARE_REQUEST, VIEW_REQUEST
from requests_release.selectors import requests
from requests_release.services import approvals, authorizations, clocks, links, packages, stages
from requests_release.views import frames


@dataclass(frozen=True)
class StepPage:
    """One step: its words, its form, and the service that takes it."""

    title: str
    confirm: str
    form: type[VersionedForm]
    run: Callable[[User, int, dict[str, Any]], object]
    consequence: str = ""
    tone: str = "primary"


def _hold(actor: User, request_id: int, data: dict[str, Any]) -> object:
    return stages.put_on_hold(
        actor=actor,
        request_id=request_id,
        version=data["version"],
        wait_reason=WaitReason(data["wait_reason"]),
        note=data["note"],
    )


def _plain(service: Callable[..., object]) -> Callable[[User, int, dict[str, Any]], object]:
    def run(actor: User, request_id: int, data: dict[str, Any]) -> object:
        return service(actor=actor, request_id=request_id, **data)

    return run


STEPS = {
    "take": StepPage("Take this request into work", "Take", forms.StepForm, _plain(stages.take)),
    "hold": StepPage("Put on hold", "Put on hold", forms.HoldForm, _hold),
    "reopen": StepPage(
        "Change what was approved",
        "Void the approval and change",
        forms.ReasonForm,
        _plain(stages.reopen),
        "The approval, the package and any open link are void. Somebody else approves again.",
        "danger",
    ),
    "withdraw": StepPage(
        "Withdraw",
        "Withdraw",
        forms.ReasonForm,
        _plain(stages.withdraw),
        "The request ends here and is not opened again.",
        "danger",
    ),
    "extend": StepPage(
        "Extend the time",
        "Note the extension",
        forms.ExtendForm,
        _plain(clocks.extend),
        "The law allows one extension, with a written notice inside the first period.",
    ),
    "close": StepPage("Close", "Close", forms.StepForm, _plain(stages.close)),
    "rebuild": StepPage(
        "Build the package again", "Build again", forms.StepForm, _plain(packages.order_again)
    ),
    "recall": StepPage(
        "Recall the download link",
        "Recall",
        forms.StepForm,
        _plain(links.recall_link),
        "The link stops working at once.",
        "danger",
    ),
    "revoke": StepPage(
        "The patient has revoked the authorization",
        "Note the revocation",
        forms.RevokeForm,
        _plain(authorizations.revoke),
        "Nothing more leaves on this authorization. An approval that stands is void.",
        "danger",
    ),
}


@requires(VIEW_REQUEST, methods=("GET", "POST"))
def request_step(request: HttpRequest, request_id: int, step: str) -> HttpResponse:
    """Ask once, then take the step; who may take it is decided by its service."""
    page = STEPS.get(step)
    if page is None:
        raise Http404
    opened = frames.open_request(request, request_id)
    form = page.form(request.POST or None, initial={"version": opened.request.version})
    if request.method == "POST" and form.is_valid():
        page.run(opened.scope.actor, request_id, form.cleaned_data)
        messages.success(request, f"{page.title}: done.")
        return redirect("requests_release:request_detail", request_id=request_id)
    values = frames.values(opened) | {"form": form, "page": page}
    status = 422 if form.errors else 200
    return render(request, "requests_release/step.html", values, status=status)


@requires(APPROVE_REQUEST, methods=("GET", "POST"))
def request_assign(request: HttpRequest, request_id: int) -> HttpResponse:
    """Give a request to another person, who thereby may open its chart."""
    opened = frames.open_request(request, request_id)
    people = requests.list_preparers()
    form = forms.PersonForm(
        request.POST or None, people=people, initial={"version": opened.request.version}
    )
    if request.method == "POST" and form.is_valid():
        chosen = next(user for user in people if user.pk == form.cleaned_data["person"])
        stages.assign(
            actor=opened.scope.actor,
            request_id=request_id,
            version=form.cleaned_data["version"],
            person=chosen,
        )
        messages.success(request, f"Given to {chosen.display_name}.")
        return redirect("requests_release:request_detail", request_id=request_id)
    page = {"title": "Give to another person", "confirm": "Give", "tone": "primary"}
    values = frames.values(opened) | {"form": form, "page": page}
    status = 422 if form.errors else 200
    return render(request, "requests_release/step.html", values, status=status)


@requires(PREPARE_REQUEST, methods=("GET", "POST"))
def request_submit(request: HttpRequest, request_id: int) -> HttpResponse:
    """Hand the prepared request to a second person."""
    opened = frames.open_request(request, request_id)
    people = [
        user for user in requests.list_reviewers(opened.request) if user != opened.scope.actor
    ]
    form = forms.SubmitForm(
        request.POST or None, people=people, initial={"version": opened.request.version}
    )
    if request.method == "POST" and form.is_valid():
        reviewer = form.cleaned_data["reviewer"]
        approvals.submit(
            actor=opened.scope.actor,
            request_id=request_id,
            version=form.cleaned_data["version"],
            reviewer=next((user for user in people if user.pk == reviewer), None),
            has_no_records=form.cleaned_data["has_no_records"],
        )
        messages.success(request, "Submitted. Somebody else approves it now.")
        return redirect("requests_release:request_detail", request_id=request_id)
    is_blocked = bool(opened.found.blocking and opened.found.blocking_without_records())
    values = frames.values(opened) | {"form": form, "is_blocked": is_blocked}
    status = 422 if form.errors else 200
    return render(request, "requests_release/submit.html", values, status=status)
