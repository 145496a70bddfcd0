"""The single steps of a request, each a page that says what will happen and asks once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.models import User
from audit.access import refusal
from audit.enums import Action
from audit.errors import Refused
from audit.http import requires
from printing import words
from requests_release import access
from requests_release.enums import PackageState, RequestKind, RequestStatus, WaitReason
from requests_release.forms import steps as forms
from requests_release.forms.fields import VersionedForm
from requests_release.permissions import DELIVER_RELEASE, PREPARE_REQUEST, VIEW_REQUEST
from requests_release.rules import transitions
from requests_release.selectors import requests, reviewers
from requests_release.services import (
    approvals,
    authorizations,
    clocks,
    links,
    marks,
    packages,
    stages,
)
from requests_release.views import attempts, frames
from requests_release.views.frames import Opened

S = RequestStatus


@dataclass(frozen=True)
class StepPage:
    """One step: its words, its form, and the service that takes it."""

    title: str
    confirm: str
    form: type[VersionedForm]
    run: Callable[[User, int, dict[str, Any]], object]
    consequence: str = ""
    tone: str = "primary"
    target: RequestStatus | None = None
    unless: Callable[[Opened], str] = lambda opened: ""
    permission: str = PREPARE_REQUEST
    done: str = ""

    def why_not(self, opened: Opened) -> str:
        """Say why the request's state or the person's role does not allow the step, or nothing."""
        return self._unless_possible(opened) or self._unless_theirs(opened)

    def _unless_possible(self, opened: Opened) -> str:
        following = transitions.moves_from(opened.request.status)
        if self.target is None or self.target in following:
            return self.unless(opened)
        return _not_now(opened)

    def _unless_theirs(self, opened: Opened) -> str:
        refused = refusal(
            access.check_permission,
            actor=opened.scope.actor,
            permission=self.permission,
            request=opened.request,
            action=Action.REQUEST_CHANGED,
        )
        return refused.message if refused else ""


def _not_now(opened: Opened) -> str:
    return f"The request is {opened.request.get_status_display().lower()}: not now."


def _unless_void(is_voiding: bool) -> Callable[[Opened], str]:
    """Tell taking up a request from changing an approved one, which voids the approval."""

    def unless(opened: Opened) -> str:
        move = transitions.find_move(opened.request.status, S.IN_PREPARATION)
        return "" if move.voids_approval == is_voiding else _not_now(opened)

    return unless


def _unless_extendable(opened: Opened) -> str:
    asked = opened.request
    if asked.is_answered:
        return _not_now(opened)
    if asked.extended_on is not None:
        return "It was extended already; there is one extension."
    return "" if asked.kind == RequestKind.ACCESS else "The time for this request is not extended."


def _unless_failed(opened: Opened) -> str:
    package = opened.package
    is_failed = package is not None and package.state == PackageState.FAILED
    is_waiting = is_failed and opened.request.status == S.APPROVED
    return "" if is_waiting else "There is nothing to build again."


def _unless_open_link(opened: Opened) -> str:
    delivery = requests.get_delivery(opened.request)
    is_open = delivery is not None and delivery.used_at is None and delivery.closed_at is None
    return "" if is_open else "There is no open link."


def _unless_revocable(opened: Opened) -> str:
    form = opened.found.authorization
    if form is None:
        return "The request has no authorization."
    return f"The revocation of {words.day(form.revoked_on)} is noted." if form.revoked_on else ""


def _hold(actor: User, request_id: int, data: dict[str, Any]) -> object:
    return stages.put_on_hold(
        actor=actor,
        request_id=request_id,
        version=data["version"],
        wait_reason=WaitReason(data["wait_reason"]),
        note=data["note"],
    )


def _take(actor: User, request_id: int, data: dict[str, Any]) -> None:
    """Take a request into work, and the mark of who works on it: its pages come next."""
    taken = stages.take(actor=actor, request_id=request_id, version=data["version"])
    marks.take(actor=actor, request=taken)


def _plain(service: Callable[..., object]) -> Callable[[User, int, dict[str, Any]], object]:
    def run(actor: User, request_id: int, data: dict[str, Any]) -> object:
        return service(actor=actor, request_id=request_id, **data)

    return run


STEPS = {
    "take": StepPage(
        "Take this request into work",
        "Take",
        forms.StepForm,
        _take,
        target=S.IN_PREPARATION,
        unless=_unless_void(False),
        done="You have taken this request into work.",
    ),
    "hold": StepPage("Put on hold", "Put on hold", forms.HoldForm, _hold, target=S.ON_HOLD),
    "reopen": StepPage(
        "Change what was approved",
        "Void the approval and change",
        forms.ReasonForm,
        _plain(stages.reopen),
        "The approval, the package and any open link are void. Somebody else approves again.",
        "danger",
        S.IN_PREPARATION,
        _unless_void(True),
    ),
    "withdraw": StepPage(
        "Withdraw",
        "Withdraw",
        forms.ReasonForm,
        _plain(stages.withdraw),
        "The request ends here and is not opened again.",
        "danger",
        S.WITHDRAWN,
    ),
    "extend": StepPage(
        "Extend the time",
        "Note the extension",
        forms.ExtendForm,
        _plain(clocks.extend),
        "The law allows one extension, with a written notice inside the first period.",
        unless=_unless_extendable,
    ),
    "close": StepPage("Close", "Close", forms.StepForm, _plain(stages.close), target=S.CLOSED),
    "rebuild": StepPage(
        "Build the package again",
        "Build again",
        forms.StepForm,
        _plain(packages.order_again),
        unless=_unless_failed,
    ),
    "recall": StepPage(
        "Recall the download link",
        "Recall",
        forms.StepForm,
        _plain(links.recall_link),
        "The link stops working at once.",
        "danger",
        unless=_unless_open_link,
        permission=DELIVER_RELEASE,
    ),
    "revoke": StepPage(
        "The patient has revoked the authorization",
        "Note the revocation",
        forms.RevokeForm,
        _plain(authorizations.revoke),
        "Nothing more leaves on this authorization. An approval that stands is void.",
        "danger",
        unless=_unless_revocable,
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
    refused: Refused | None = None
    if request.method == "POST" and form.is_valid():
        refused = attempts.attempt_work(
            opened, form, lambda: page.run(opened.scope.actor, request_id, form.cleaned_data)
        )
        if refused is None:
            messages.success(request, page.done or f"{page.title}: done.")
            return redirect("requests_release:request_detail", request_id=request_id)
    shown = attempts.show_again(opened, form, refused, why_not=page.why_not)
    values = frames.values(shown.opened) | shown.values
    values |= {"form": form, "page": page, "why_not": page.why_not(shown.opened)}
    return render(request, "requests_release/step.html", values, status=shown.status)


@requires(PREPARE_REQUEST, methods=("GET", "POST"))
def request_submit(request: HttpRequest, request_id: int) -> HttpResponse:
    """Hand the prepared request to a second person."""
    opened = frames.open_request(request, request_id)
    able = reviewers.list_reviewers(opened.request, submitter=opened.scope.actor)
    people = {user.pk: user for user in able}
    form = forms.SubmitForm(
        request.POST or None, people=people.values(), initial={"version": opened.request.version}
    )
    refused: Refused | None = None
    if request.method == "POST" and form.is_valid():
        reviewer = people.get(form.cleaned_data["reviewer"])
        refused = attempts.attempt_work(opened, form, lambda: _submit(opened, form, reviewer))
        if refused is None:
            messages.success(request, "Submitted. Somebody else approves it now.")
            return redirect("requests_release:request_detail", request_id=request_id)
    shown = attempts.show_again(opened, form, refused, why_not=_nothing_sent)
    found = shown.opened.found
    values = frames.values(shown.opened) | shown.values
    values |= {
        "form": form,
        "why_not": _unless_in_preparation(shown.opened),
        "nobody": "" if people else reviewers.say_nobody(shown.opened.request),
        "is_blocked": bool(found.blocking and found.blocking_without_records()),
    }
    return render(request, "requests_release/submit.html", values, status=shown.status)


def _submit(opened: Opened, form: VersionedForm, reviewer: User | None) -> None:
    approvals.submit(
        actor=opened.scope.actor,
        request_id=opened.request.pk,
        version=form.seen_version,
        reviewer=reviewer,
        has_no_records=form.cleaned_data["has_no_records"],
    )


def _unless_in_preparation(opened: Opened) -> str:
    found = opened.request
    if S.SUBMITTED in transitions.moves_from(found.status):
        return ""
    if found.status == S.SUBMITTED and found.submitted_by:
        is_own = found.submitted_by_id == opened.scope.actor.pk
        who = "You" if is_own else found.submitted_by.display_name
        return f"{who} submitted this request on {words.moment(found.submitted_at)}."
    state = found.get_status_display().lower()
    return f"The request is {state}; only one in preparation can be submitted."


def _nothing_sent(opened: Opened) -> str:
    why_not = _unless_in_preparation(opened)
    return why_not and f"{why_not} Nothing was sent again."
