"""How a search for a patient travels.

What was typed stands in the address, which can be shared and gone back to, unless it may hold a
social security number: addresses are kept by browsers, proxies and servers, so that travels in the
body of a form alone. The form cannot know, so it always sends; what need not hide goes on.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.http import is_htmx, person
from audit.enums import Action, Basis
from audit.services import events
from records.patients.rules import search_terms
from records.patients.selectors.search import Found, search

MOST_TERMS = 8
NOT_SEARCHED = (
    "The address held what may be a social security number, so it was not searched. "
    "Type the number into the search field."
)


def is_sent(request: HttpRequest) -> bool:
    """Tell whether a form sent a search, and not a page's form of its own."""
    return request.method == "POST" and "q" in request.POST


def text_of(request: HttpRequest) -> str:
    """Return what was typed, from the form that sent it or from the address."""
    values = request.POST if request.method == "POST" else request.GET
    return values.get("q", "").replace("\0", "").strip()


def redirect_of(request: HttpRequest) -> HttpResponse | None:
    """Return where the browser goes when a search came the wrong way; None when it did not.

    What a form sent goes on to its own address; a number in an address is taken out of it. A
    script that asks while somebody types is answered at once: its address shows nowhere.
    """
    if request.method == "POST" and (is_htmx(request) or not is_sent(request)):
        return None
    text = text_of(request)
    if search_terms.is_secret(text) == is_sent(request):
        return None
    if not is_sent(request):
        messages.warning(request, NOT_SEARCHED)
        return redirect(request.path)
    query = {"q": text[: search_terms.LONGEST]}
    if request.POST.get("go"):
        query["go"] = "1"
    return redirect(f"{request.path}?{urlencode(query)}" if text else request.path)


def find_patients(request: HttpRequest, **facts: Any) -> tuple[str, Found | None]:
    """Return what was typed and whom it can mean, after the event that says who was shown.

    What may hold a social security number comes back empty: no answer repeats it. `facts` are
    what the event says beside the search, such as its purpose.
    """
    text = text_of(request)
    if not text:
        return "", None
    found = search(person(request), text, today=timezone.localdate())
    record_search(text, found, (line.patient_id for line in found.lines), **facts)
    return ("" if search_terms.is_secret(text) else text), found


def record_search(text: str, found: Found, shown: Iterable[int], **facts: Any) -> None:
    """Write the search as it was executed: what kind, a keyed hash of the words, who was shown."""
    words = text.casefold().split()[:MOST_TERMS]
    events.record(
        action=Action.PATIENTS_SEARCHED,
        basis=Basis.DIRECTORY,
        patients=list(shown),
        detail={
            "kinds": found.kinds,
            "terms": [events.digest("search", word) for word in words],
            "found": len(found.lines),
        },
        durable=True,
        **facts,
    )
