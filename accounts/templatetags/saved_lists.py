"""The control of saved lists, which every page of a list with filters shows beside them."""

from __future__ import annotations

from typing import Any

from django import template
from django.http import HttpRequest
from django.template import Context

from accounts.http import person
from accounts.middleware import OFFERED
from accounts.presenters import saved_lists as presenter
from accounts.rules.saved_lists import UNFILTERED
from accounts.selectors import saved_lists as selectors
from audit.http import Filters

register = template.Library()


@register.inclusion_tag("accounts/_saved_lists.html", takes_context=True)
def saved_lists(context: Context) -> dict[str, Any]:
    """Offer the saved lists of this page; nothing where its filters cannot be saved."""
    request: HttpRequest = context["request"]
    match = request.resolver_match
    filters: Filters | None = getattr(match.func, "filters", None) if match else None
    if match is None or filters is None:
        return {}
    reader, route = person(request), match.view_name
    rows = getattr(request, OFFERED, None)
    if rows is None:
        rows = selectors.list_offered(reader, route)
    offer = presenter.present(rows, reader=reader, route=route, filters=filters, query=request.GET)
    return {"offer": offer, "unfiltered": UNFILTERED}


@register.filter
def unfiltered(url: str) -> str:
    """Write the address of a list without filters so that it does not open with the default."""
    address, _, query = url.partition("?")
    return url if query else f"{address}{UNFILTERED}"
