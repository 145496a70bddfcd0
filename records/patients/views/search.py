"""Finding a patient."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.http import is_htmx, person
from audit.enums import Action, Basis
from audit.http import requires
from audit.services import events
from records.access import finders
from records.access.finders import Hit
from records.access.selectors import rights
from records.patients.http import record_search, redirect_of, text_of
from records.patients.permissions import SEARCH_DIRECTORY
from records.patients.presenters import directory
from records.patients.rules import search_terms, typed_dates
from records.patients.selectors import browsing
from records.patients.selectors.search import DirectoryLine, Found, search

# The list below the search of the frame, in which a script shows who is meant, and how many.
PANEL = "global-found"
MOST_IN_PANEL = 8
MOST_HITS_IN_PANEL = 3


@requires(SEARCH_DIRECTORY, methods=("GET", "POST"))
def patient_search(request: HttpRequest) -> HttpResponse:
    """Show who the typed text can mean, or the patients whom the person may open by name."""
    elsewhere = redirect_of(request)
    if elsewhere:
        return elsewhere
    text = text_of(request)
    if not text:
        return _browse(request)
    found = search(person(request), text, today=timezone.localdate())
    hits = finders.find_all(person(request), text)
    if _is_panel(request):
        return _answer_panel(request, text, found, hits)
    record_search(text, found, _patients_of(found.lines, hits))
    target = None if is_htmx(request) else _only_target(request, text, found, hits)
    return redirect(target) if target else _answer_found(request, text, found, hits)


def _answer_panel(request: HttpRequest, text: str, found: Found, hits: list[Hit]) -> HttpResponse:
    """Answer the first few whom the text can mean; the event names these and nobody else."""
    shown, beside = found.lines[:MOST_IN_PANEL], hits[:MOST_HITS_IN_PANEL]
    record_search(text, found, _patients_of(shown, beside))
    values = {
        "found": found,
        "hits": beside,
        "lines": directory.present(shown, found.meanings),
        "is_more": found.is_cut or len(found.lines) > len(shown),
        "impossible_day": typed_dates.impossible_day(text, today=timezone.localdate()),
    }
    return _vary(render(request, "patients/_found.html", values))


def _answer_found(request: HttpRequest, text: str, found: Found, hits: list[Hit]) -> HttpResponse:
    """Answer all who were found, with the address by which they are found again."""
    is_secret = search_terms.is_secret(text)
    values = {
        "text": "" if is_secret else text,
        "is_secret": is_secret,
        "found": found,
        "hits": hits,
        "lines": directory.present(found.lines, found.meanings),
        "impossible_day": typed_dates.impossible_day(text, today=timezone.localdate()),
        # One key more opens the only one found; while somebody types, the field keeps the cursor.
        "is_only": len(found.lines) == 1 and not hits and not is_htmx(request),
        "registration_query": directory.registration_query(text, found.meanings),
    }
    response = _answer(request, "patients/search.html", values)
    if is_htmx(request):
        query = "" if is_secret else f"?{urlencode({'q': text})}"
        response.headers["HX-Replace-Url"] = f"{request.path}{query}"
    return response


def _browse(request: HttpRequest) -> HttpResponse:
    """List the patients whom this person may open, by name, in pages of constant cost."""
    user = person(request)
    page = browsing.list_patients(user, after=request.GET.get("after", ""))
    events.record(
        action=Action.PATIENTS_LISTED,
        basis=Basis.UNIT,
        patients=[line.patient_id for line in page.lines],
        durable=True,
    )
    values = {
        "page": page,
        "lines": directory.present(page.lines),
        "has_units": bool(rights.get_unit_rights(user).open_units),
    }
    response = _answer(request, "patients/list.html", values)
    if is_htmx(request):
        response.headers["HX-Replace-Url"] = request.path
    return response


def _answer(request: HttpRequest, template: str, values: dict[str, object]) -> HttpResponse:
    """Answer the whole page, or only its results where a script asks while somebody types."""
    fragment = "#results" if is_htmx(request) else ""
    return _vary(render(request, f"{template}{fragment}", values))


def _vary(response: HttpResponse) -> HttpResponse:
    response.headers["Vary"] = "HX-Request, HX-Target, Cookie"
    return response


def _only_target(request: HttpRequest, text: str, found: Found, hits: list[Hit]) -> str:
    """Return the page of the one thing or person that the text means, if it is to be opened.

    Only the whole record number means one person for certain; everybody else is chosen.
    """
    if len(hits) == 1 and not found.lines:
        return hits[0].url
    is_asked = "1" in (request.GET.get("go"), request.POST.get("go"))
    is_sure = len(found.lines) == 1 and not found.is_cut
    if not (is_asked and is_sure and found.lines[0].can_open):
        return ""
    if not search_terms.is_whole_number(text, found.lines[0].mrn):
        return ""
    return reverse("charts:chart_detail", args=[found.lines[0].patient_id])


def _is_panel(request: HttpRequest) -> bool:
    """Tell whether the search of the frame asks, on whatever page it stands."""
    return is_htmx(request) and request.headers.get("HX-Target") == PANEL


def _patients_of(lines: list[DirectoryLine], hits: list[Hit]) -> list[int]:
    return [
        *(line.patient_id for line in lines),
        *(hit.patient_id for hit in hits if hit.patient_id),
    ]
