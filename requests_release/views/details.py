"""One request: its steps, what it holds, its story; remarks on it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.http import person
from audit.http import requires
from requests_release.forms.steps import CommentForm
from requests_release.permissions import VIEW_REQUEST
from requests_release.presenters import packages as package_presenter
from requests_release.presenters import requests as presenter
from requests_release.selectors import requests
from requests_release.services import requests as services
from requests_release.views import frames


@requires(VIEW_REQUEST)
def request_detail(request: HttpRequest, request_id: int) -> HttpResponse:
    """Show a request with everything that was found on it, and what can be done now."""
    opened = frames.open_request(request, request_id)
    release = opened.request
    values = frames.values(opened) | {
        "deeds": presenter.present_deeds(release, opened.found, opened.scope.actor, opened.package),
        "timeline": presenter.present_timeline(
            list(requests.list_changes(release)), list(requests.list_comments(release))
        ),
        "delivery": requests.get_delivery(release),
        "progress": package_presenter.present(opened.package),
        "visible_classes": opened.scope.classes,
        "comment_form": CommentForm(),
    }
    return render(request, "requests_release/detail.html", values)


@requires(VIEW_REQUEST, methods=("GET", "POST"))
def request_comment(request: HttpRequest, request_id: int) -> HttpResponse:
    """Add a remark."""
    form = CommentForm(request.POST)
    if request.method == "POST" and form.is_valid():
        services.comment(
            actor=person(request), request_id=request_id, text=form.cleaned_data["text"]
        )
    return redirect("requests_release:request_detail", request_id=request_id)
