"""The board of requests, and the same as a dense list."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.http import person, polling
from audit.enums import Action, Purpose
from audit.http import narrowed_by, requires
from audit.services import events
from requests_release.forms.boards import BOARD
from requests_release.permissions import VIEW_REQUEST
from requests_release.presenters import boards as presenter
from requests_release.selectors import boards
from requests_release.selectors.boards import Card, Filters


@requires(VIEW_REQUEST)
@narrowed_by(BOARD)
def request_board(request: HttpRequest) -> HttpResponse:
    """Show the requests that this person may see, by state or (`?view=list`) as a list."""
    values = _draw(request)
    _record(values["shown"])
    return render(request, values["template"], values)


@polling
@requires(VIEW_REQUEST)
def request_news(request: HttpRequest) -> HttpResponse:
    """Answer what board or list show by now, 204 while that is what the asker has already.

    Where something changed, patients are shown anew, and the event says so again.
    """
    values = _draw(request)
    response = HttpResponse(status=204)
    if request.headers.get("If-None-Match") != values["version"]:
        _record(values["shown"])
        response = render(request, f"{values['template']}#requests", values)
    response["ETag"] = values["version"]
    return response


def _draw(request: HttpRequest) -> dict[str, Any]:
    """Return what the page shows, its template, and the version that a script asks with."""
    filters, today = Filters.read(request.GET), timezone.localdate()
    is_list = request.GET.get("view") == "list"
    values = _list(request, filters) if is_list else _board(request, filters)
    news = reverse("requests_release:request_news")
    return values | {
        "template": f"requests_release/{'list' if is_list else 'board'}.html",
        "filters": filters,
        "chips": presenter.present_chips(request.GET, filters),
        "choices": presenter.choices(filters),
        "is_list": is_list,
        "today": today,
        "news_url": f"{news}?{request.GET.urlencode()}",
        "version": presenter.version_of(values["shown"], today, values["more"]),
    }


def _board(request: HttpRequest, filters: Filters) -> dict[str, Any]:
    found = boards.list_columns(person(request), filters, today=timezone.localdate())
    columns = presenter.present_columns(found)
    return {
        "columns": columns,
        "shown": [card for column in columns for card in column.cards],
        "more": [column.status for column in columns if column.has_more],
    }


def _list(request: HttpRequest, filters: Filters) -> dict[str, Any]:
    after = request.GET.get("after", "")
    page = boards.list_page(person(request), filters, today=timezone.localdate(), after=after)
    rows = presenter.present_rows(page.cards)
    return {
        "page": page,
        "rows": rows,
        "after": after,
        "shown": page.cards,
        "more": [page.next_key],
    }


def _record(cards: list[Card]) -> None:
    """Write who was shown, committed before the page leaves."""
    events.record(
        action=Action.REQUESTS_LISTED,
        purpose=Purpose.RELEASE,
        patients=[card.patient_id for card in cards],
        durable=True,
    )
