"""The mark of who works on a request: shown as it changes, let go, taken over with a note."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.http import person, polling
from audit.access import refusal
from audit.errors import Refused
from audit.http import requires
from records.access.services import opening
from requests_release import access
from requests_release.forms.steps import TakeOverForm
from requests_release.permissions import VIEW_REQUEST
from requests_release.selectors import marks as selectors
from requests_release.selectors import requests
from requests_release.services import marks as services
from requests_release.views import attempts, frames
from requests_release.views.frames import Opened

FREE = "Nobody else is working on this request now."


@polling
@requires(VIEW_REQUEST)
def request_mark(request: HttpRequest, request_id: int) -> HttpResponse:
    """Answer who works on a request, 204 while that has not changed; the holder is heard of.

    It shows no patient, so no event is written; who may not open the chart learns nothing.
    """
    actor = person(request)
    scope = opening.peek_scope(actor=actor, patient_id=requests.get_patient_id(request_id))
    services.keep(actor=actor, request_id=request_id)
    found = requests.get_request(scope, request_id)
    line = frames.mark_line(found, actor, selectors.find_held(found))
    if request.headers.get("If-None-Match") == line.version:
        return HttpResponse(status=204, headers={"ETag": line.version})
    response = render(request, "requests_release/_mark.html", {"mark": line})
    response["ETag"] = line.version
    return response


@requires(VIEW_REQUEST, methods=("POST",))
def request_let_go(request: HttpRequest, request_id: int) -> HttpResponse:
    """Give one's own mark up."""
    services.let_go(actor=person(request), request_id=request_id)
    return redirect("requests_release:request_detail", request_id=request_id)


@requires(VIEW_REQUEST, methods=("GET", "POST"))
def request_take_over(request: HttpRequest, request_id: int) -> HttpResponse:
    """Ask for the note, then take the work over from who holds the mark, and tell them."""
    opened = frames.open_request(request, request_id)
    form = TakeOverForm(request.POST or None, initial={"holder": _holder(opened)})
    refused: Refused | None = None
    if request.method == "POST" and form.is_valid():
        refused = attempts.attempt(lambda: _take_over(request, opened, form))
        if refused is None:
            return redirect("requests_release:request_detail", request_id=request_id)
    if refused is not None:
        opened = frames.renew(opened)
        form.type_over("holder", str(_holder(opened)))
        form.add_error(None, refused.message)
    status = refused.status if refused else 422 if form.errors else 200
    page = {"title": "Take over", "confirm": "Take over", "tone": "primary"}
    if opened.held and opened.held.person_id != opened.scope.actor.pk:
        told = f"{opened.held.name} is told that you took over, and why."
        page["consequence"] = f"{opened.held.say(opened.scope.actor.pk)}. {told}"
    values = frames.values(opened) | {"form": form, "page": page, "why_not": _why_not(opened)}
    values["mark"] = None  # the page itself says who works on it
    return render(request, "requests_release/step.html", values, status=status)


def _take_over(request: HttpRequest, opened: Opened, form: TakeOverForm) -> None:
    told = services.take_over(
        actor=opened.scope.actor,
        request_id=opened.request.pk,
        holder_id=form.cleaned_data["holder"],
        note=form.cleaned_data["note"],
    )
    if told is None:
        messages.success(request, f"{FREE} It is yours; no note was needed, and none was kept.")
    else:
        name = opened.held.name if opened.held else "Who worked on it"
        messages.success(request, f"You have taken over. {name} is told who did, and why.")


def _holder(opened: Opened) -> int:
    return opened.held.person_id if opened.held else 0


def _why_not(opened: Opened) -> str:
    """Say why this person takes nothing over here, or nothing where they can."""
    actor = opened.scope.actor
    refused = refusal(access.check_may_work, actor=actor, request=opened.request)
    if refused:
        return refused.message
    is_held = opened.held is not None and opened.held.person_id != actor.pk
    return "" if is_held else FREE
