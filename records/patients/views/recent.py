"""The patients opened last, for the list of commands."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.http import person
from audit.enums import Action, Basis
from audit.http import requires
from audit.services import events
from records.access.permissions import OPEN_CHART
from records.patients.selectors import recent


@requires(OPEN_CHART)
def recent_list(request: HttpRequest) -> HttpResponse:
    """List the patients whose charts this person opened last, after the event that says so."""
    lines = recent.list_recent(person(request), now=timezone.now())
    if not lines:
        return HttpResponse(status=204)
    events.record(
        action=Action.PATIENTS_LISTED,
        basis=Basis.DIRECTORY,
        patients=[line.patient_id for line in lines],
        detail={"kinds": ["RECENT"]},
        durable=True,
    )
    return render(request, "patients/_recent.html", {"lines": lines})
