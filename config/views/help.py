"""Help: the guides as pages, and what they say about the screen that somebody stands before."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from accounts.http import person
from audit.http import requires
from config.help import guides
from config.help.guides import Guide


@requires()
def index(request: HttpRequest) -> HttpResponse:
    """Show the guide of the reader's own role, and beside it where the others are."""
    return _show(request, guides.list_for(person(request).role_names)[0])


@requires()
def guide(request: HttpRequest, guide: str) -> HttpResponse:
    """Show one guide; each is open to everybody."""
    found = guides.all_guides().get(guide)
    if found is None:
        raise Http404
    return _show(request, found)


@requires()
def screen(request: HttpRequest) -> HttpResponse:
    """Show what the guides say about one screen, as a page or as what its side panel holds."""
    page = request.GET.get("page", "")
    roles = person(request).role_names
    values = {"found": guides.about(page, roles), "own": guides.list_for(roles)[0]}
    is_fragment = request.headers.get("HX-Request") == "true"
    template = "help/screen.html#panel" if is_fragment else "help/screen.html"
    response = render(request, template, values)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _show(request: HttpRequest, found: Guide) -> HttpResponse:
    roles = person(request).role_names
    values = {
        "guide": found,
        "guides": guides.list_for(roles),
        "is_news": found.name == guides.NEWS,
    }
    return render(request, "help/guide.html", values)
