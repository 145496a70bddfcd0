"""The page from which every list leaves: what goes, as what kind of file, for which purpose.

A room says what its list is (`Export`); the page asks for a fresh proof, and answers the file.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render

from audit.enums import Purpose
from audit.forms import ExportForm
from audit.http import download
from audit.proofs import fresh_proof_required
from audit.services import events
from audit.services.tables import CSV, FHIR, XLSX, TakenOut, TooMuchToExport

TEMPLATE = "audit/export.html"
METHODS = ("GET", "POST")
# How far rows are counted before the page says "10,000+".
MOST_COUNTED = 10_000
KINDS = (XLSX, CSV)
CHOICES = ("file_kind", "purpose")
PAGING = ("after", "before")
View = Callable[..., HttpResponseBase]


@dataclass(frozen=True, slots=True)
class Export:
    """A list that may leave.

    `of` says which list it is, `count` how long it is, no further than it is asked to count, `said`
    what narrows it, in words, and `list_url` where it stands. `take_out` is
    the service, which is given the kind of file and the purpose. `show` writes the event of what
    the page itself names. `purpose` is preset only where it is plain.
    """

    of: str
    count: Callable[..., int]
    said: Sequence[tuple[str, str]]
    list_url: str
    take_out: Callable[..., TakenOut]
    kinds: tuple[str, ...] = KINDS
    purpose: Purpose | None = None
    show: Callable[[], Any] | None = None
    banner: Any = None


def by_fresh_proof(
    *, first: Callable[..., HttpResponseBase | None] | None = None
) -> Callable[[View], View]:
    """Let an export's view answer only people who have just proved who they are.

    `first` is called with what the view is called with, before the proof is asked for and before
    the view: it raises what stands in the way, or returns an answer in the view's place. Who sends
    the form when the proof is too old comes back to the page with the choices made.
    """

    def before(request: HttpRequest, **whom: Any) -> HttpResponseBase | None:
        found = first(request, **whom) if first else None
        if found is None and request.method == "POST":
            return redirect(_address(request.path, _with_choices(request)))
        return found

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, **whom: Any) -> HttpResponseBase:
            found = first(request, **whom) if first else None
            return view(request, **whom) if found is None else found

        return fresh_proof_required(first=before)(checked)

    return decorate


def answer(request: HttpRequest, export: Export) -> HttpResponseBase:
    """Say what would leave and ask what for; or answer the file, which is on record by then."""
    if request.method != "POST":
        asked = {name: request.GET[name] for name in CHOICES if name in request.GET}
        preset = {"file_kind": export.kinds[0], "purpose": export.purpose or ""}
        return _show(request, export, ExportForm(kinds=export.kinds, initial=preset | asked))
    form = ExportForm(request.POST, kinds=export.kinds)
    if form.is_valid():
        try:
            return download(export.take_out(kind=form.kind, purpose=form.purpose_chosen))
        except TooMuchToExport as refused:
            events.record_refusal(refused)
            form.add_error("file_kind", refused.message)
    return _show(request, export, form)


def address_of_list(request: HttpRequest, path: str) -> str:
    """Return the address of the list at `path`, with the filters that stand in this page's own."""
    query = request.GET.copy()
    for name in (*CHOICES, *PAGING):
        query.pop(name, None)
    return _address(path, query)


def _show(request: HttpRequest, export: Export, form: ExportForm) -> HttpResponse:
    if export.show:
        export.show()
    values = {"export": export, "rows": _rows(export), "form": form, "banner": export.banner}
    return render(request, TEMPLATE, values, status=422 if form.errors else 200)


def _rows(export: Export) -> str:
    """Return how many rows there are, as far as is counted."""
    rows = export.count(most=MOST_COUNTED + 1)
    if rows > MOST_COUNTED:
        return f"{MOST_COUNTED:,}+ rows"
    return f"{rows:,} row{'' if rows == 1 else 's'}"


def _with_choices(request: HttpRequest) -> QueryDict:
    """Return the page's query with what was chosen in its form; nothing else that was sent."""
    query = request.GET.copy()
    known = {"file_kind": (XLSX, CSV, FHIR), "purpose": Purpose.values}
    for name in CHOICES:
        query.pop(name, None)
        if request.POST.get(name) in known[name]:
            query[name] = request.POST[name]
    return query


def _address(path: str, query: QueryDict) -> str:
    return f"{path}?{query.urlencode()}" if query else path
