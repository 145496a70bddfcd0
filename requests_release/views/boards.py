"""The board of requests, and the same as a dense list."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from accounts.http import person
from audit.enums import Action, Purpose
from audit.http import download, requires
from audit.services import events
from requests_release.permissions import EXPORT_LIST, VIEW_REQUEST
from requests_release.presenters import boards as presenter
from requests_release.selectors import boards
from requests_release.selectors.boards import Card, Filters
from requests_release.services import exports


@requires(VIEW_REQUEST)
def request_board(request: HttpRequest) -> HttpResponse:
    """Show the requests that this person may see, by state or (`?view=list`) as a list."""
    filters = Filters.read(request.GET)
    is_list = request.GET.get("view") == "list"
    values = _list(request, filters) if is_list else _board(request, filters)
    _record(values.pop("shown"))
    values |= {
        "filters": filters,
        "chips": presenter.present_chips(request.GET, filters),
        "choices": presenter.choices(filters),
        "is_list": is_list,
        "today": timezone.localdate(),
    }
    template = "requests_release/list.html" if is_list else "requests_release/board.html"
    return render(request, template, values)


@requires(VIEW_REQUEST, EXPORT_LIST)
def request_export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Send the list as shown by the same filters, as CSV or XLSX."""
    filters = Filters.read(request.GET)
    return download(
        exports.export_requests(
            actor=person(request), filters=filters, kind=kind, today=timezone.localdate()
        )
    )


def _board(request: HttpRequest, filters: Filters) -> dict[str, Any]:
    found = boards.list_columns(person(request), filters, today=timezone.localdate())
    columns = presenter.present_columns(found)
    return {"columns": columns, "shown": [card for column in columns for card in column.cards]}


def _list(request: HttpRequest, filters: Filters) -> dict[str, Any]:
    after = request.GET.get("after", "")
    page = boards.list_page(person(request), filters, today=timezone.localdate(), after=after)
    rows = presenter.present_rows(page.cards)
    return {"page": page, "rows": rows, "after": after, "shown": page.cards}


def _record(cards: list[Card]) -> None:
    """Write who was shown, committed before the page leaves."""
    events.record(
        action=Action.REQUESTS_LISTED,
        purpose=Purpose.RELEASE,
        patients=[card.patient_id for card in cards],
        durable=True,
    )
