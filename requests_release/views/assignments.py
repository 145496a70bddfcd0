"""Giving a request to another person, and taking that back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.http import person, say_undoable
from accounts.models import User
from audit.errors import Refused
from audit.http import requires
from requests_release.forms.fields import VersionedForm
from requests_release.forms.steps import PersonForm
from requests_release.models import RequestAssignment
from requests_release.permissions import APPROVE_REQUEST
from requests_release.selectors import requests
from requests_release.services import assignments
from requests_release.views import attempts, frames
from requests_release.views.frames import Opened


@requires(APPROVE_REQUEST, methods=("GET", "POST"))
def request_assign(request: HttpRequest, request_id: int) -> HttpResponse:
    """Give a request to another person, who thereby may open its chart."""
    opened = frames.open_request(request, request_id)
    people = {user.pk: user for user in requests.list_preparers()}
    form = PersonForm(
        request.POST or None, people=people.values(), initial={"version": opened.request.version}
    )
    refused: Refused | None = None
    if request.method == "POST" and form.is_valid():
        chosen = people[form.cleaned_data["person"]]
        refused = attempts.attempt_work(
            opened, form, lambda: _say_given(request, _assign(opened, form, chosen))
        )
        if refused is None:
            return redirect("requests_release:request_detail", request_id=request_id)
    shown = attempts.show_again(opened, form, refused, why_not=attempts.unless_editable)
    page = {"title": "Give to another person", "confirm": "Give", "tone": "primary"}
    why_not = (
        "" if shown.opened.request.is_editable else "Only a request in preparation is given on."
    )
    values = frames.values(shown.opened) | shown.values
    values |= {"form": form, "page": page, "why_not": why_not}
    return render(request, "requests_release/step.html", values, status=shown.status)


@requires(APPROVE_REQUEST, methods=("POST",))
def assignment_undo(request: HttpRequest, request_id: int, assignment_id: int) -> HttpResponse:
    """Take a request back that was given to the wrong person."""
    back = assignments.undo(
        actor=person(request), request_id=request_id, assignment_id=assignment_id
    )
    messages.success(request, f"Taken back: the request lies with {back.holder_name} again.")
    return redirect("requests_release:request_detail", request_id=request_id)


def _assign(opened: Opened, form: VersionedForm, chosen: User) -> RequestAssignment:
    return assignments.assign(
        actor=opened.scope.actor,
        request_id=opened.request.pk,
        version=form.seen_version,
        person=chosen,
    )


def _say_given(request: HttpRequest, given: RequestAssignment) -> None:
    url = reverse("requests_release:assignment_undo", args=[given.request_id, given.pk])
    say_undoable(request, f"Given to {given.holder_name}.", url=url, done_at=given.assigned_at)
