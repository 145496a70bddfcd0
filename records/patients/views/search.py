"""Finding a patient."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.http import person
from accounts.models import User
from audit.enums import Action, Basis
from audit.http import requires
from audit.services import events
from records.access.selectors import rights
from records.patients.permissions import SEARCH_DIRECTORY
from records.patients.selectors import browsing
from records.patients.selectors.search import Found, search


@requires(SEARCH_DIRECTORY)
def patient_search(request: HttpRequest) -> HttpResponse:
    """Show who the typed text can mean, or the patients of the person's units by name."""
    text = request.GET.get("q", "").strip()
    if not text:
        return _browse(request, person(request))
    found = search(person(request), text, today=timezone.localdate())
    _record(found, text)
    wants_first = request.GET.get("go") == "1"
    if wants_first and len(found.lines) == 1 and found.lines[0].can_open:
        return redirect("charts:chart_detail", patient_id=found.lines[0].patient_id)
    values = {"text": text, "found": found}
    template = "patients/search.html"
    if getattr(request, "htmx", False):
        template += "#results"
    response = render(request, template, values)
    response.headers["Vary"] = "HX-Request, Cookie"
    return response


def _browse(request: HttpRequest, user: User) -> HttpResponse:
    """List the patients whom this person may open, by name, in pages of constant cost."""
    page = browsing.list_patients(user, after=request.GET.get("after", ""))
    events.record(
        action=Action.PATIENTS_LISTED,
        basis=Basis.UNIT,
        patients=[line.patient_id for line in page.lines],
        durable=True,
    )
    has_units = bool(rights.get_unit_rights(user).open_units)
    return render(request, "patients/list.html", {"page": page, "has_units": has_units})


def _record(found: Found, text: str) -> None:
    """Write the search as it was executed: what kind, a keyed hash of the words, who was shown."""
    events.record(
        action=Action.PATIENTS_SEARCHED,
        basis=Basis.DIRECTORY,
        patients=[line.patient_id for line in found.lines],
        detail={
            "kinds": found.kinds,
            "terms": [events.digest("search", word) for word in text.casefold().split()[:8]],
            "found": len(found.lines),
        },
        durable=True,
    )
