"""How the log is sealed, and its verification."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from audit.http import requires
from audit.permissions import VIEW_EVENT
from audit.presenters import seals as seal_lines
from audit.selectors import events as log
from audit.selectors import seals as sealed
from audit.services import events, verifications

SEALS_SHOWN = 30


@requires(VIEW_EVENT)
def seal_list(request: HttpRequest) -> HttpResponse:
    """Show how the trail is sealed, how it was last verified, and the newest seals of each chain.

    While a verification is under way the page asks for itself, and is loaded anew at its end.
    """
    asked = verifications.get_asked()
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204) if asked else HttpResponse(headers={"HX-Refresh": "true"})
    values = {
        "state": sealed.get_trail_state(),
        "seals": seal_lines.seal_lines(sealed.list_newest_seals(most=SEALS_SHOWN)),
        "verified": seal_lines.verification_line(log.get_last_verification()),
        "asked": asked,
        "daily_at": datetime.combine(timezone.now(), verifications.DAILY_AT),
    }
    return render(request, "audit/seal_list.html", values)


@requires(VIEW_EVENT, methods=("POST",))
def trail_verify(request: HttpRequest) -> HttpResponse:
    """Let the worker verify the trail, and go back to the page that shows the result."""
    try:
        verifications.ask(actor=request.user)
    except (verifications.VerificationUnderWay, verifications.WorkerUnreachable) as refused:
        events.record_refusal(refused)
        messages.warning(request, refused.message)
    return redirect("audit:seal_list")
