"""Finding a patient."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.http import person
from audit.enums import Action, Basis
from audit.http import requires
from audit.services import events
from records.access import finders
from records.access.finders import Hit
from records.access.selectors import rights
from records.patients.permissions import SEARCH_DIRECTORY
from records.patients.presenters import directory
from records.patients.selectors import browsing
from records.patients.selectors.search import DirectoryLine, Found, search

MOST_TERMS = 8
# The list below the search of the frame, in which a script shows who is meant.
PANEL = "global-found"


@requires(SEARCH_DIRECTORY)
def patient_search(request: HttpRequest) -> HttpResponse:
    """Show who the typed text can mean, or the patients whom the person may open by name."""
    text = request.GET.get("q", "").strip()
    if not text:
        return _browse(request)
    today = timezone.localdate()
    found = search(person(request), text, today=today)
    hits = finders.find_all(person(request), text)
    _record(found, text, hits)
    if len(hits) == 1 and not found.lines and not _is_htmx(request):
        return redirect(hits[0].url)
    only = _only_match(found)
    if request.GET.get("go") == "1" and only and only.can_open:
        return redirect("charts:chart_detail", patient_id=only.patient_id)
    is_secret = directory.is_secret(found.meanings, text)
    values = {
        "text": "" if is_secret else text,
        "is_secret": is_secret,
        "found": found,
        "hits": hits,
        "lines": directory.present(found.lines, found.meanings),
        "registration_query": directory.registration_query(text, found.meanings),
    }
    if _is_panel(request):
        return _vary(render(request, "patients/_found.html", values))
    response = _answer(request, "patients/search.html", values)
    if _is_htmx(request):
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
    if _is_htmx(request):
        response.headers["HX-Replace-Url"] = request.path
    return response


def _answer(request: HttpRequest, template: str, values: dict[str, object]) -> HttpResponse:
    """Answer the whole page, or only its results where a script asks while somebody types."""
    fragment = "#results" if _is_htmx(request) else ""
    return _vary(render(request, f"{template}{fragment}", values))


def _vary(response: HttpResponse) -> HttpResponse:
    response.headers["Vary"] = "HX-Request, HX-Target, Cookie"
    return response


def _only_match(found: Found) -> DirectoryLine | None:
    """Return the one person whom the text means; a name that is only alike means nobody yet."""
    is_sure = len(found.lines) == 1 and not found.is_cut and not found.is_alike
    return found.lines[0] if is_sure else None


def _is_htmx(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", False))


def _is_panel(request: HttpRequest) -> bool:
    """Tell whether the search of the frame asks, on whatever page it stands."""
    return _is_htmx(request) and request.headers.get("HX-Target") == PANEL


def _record(found: Found, text: str, hits: list[Hit]) -> None:
    """Write the search as it was executed: what kind, a keyed hash of the words, who was shown."""
    beside = [hit.patient_id for hit in hits if hit.patient_id]
    words = text.casefold().split()[:MOST_TERMS]
    events.record(
        action=Action.PATIENTS_SEARCHED,
        basis=Basis.DIRECTORY,
        patients=list(dict.fromkeys([line.patient_id for line in found.lines] + beside)),
        detail={
            "kinds": found.kinds,
            "terms": [events.digest("search", word) for word in words],
            "found": len(found.lines),
        },
        durable=True,
    )
