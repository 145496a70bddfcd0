"""One request: its steps, what it holds, its story; remarks on it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from audit.http import requires
from printing import words
from requests_release.forms.steps import CommentForm
from requests_release.permissions import VIEW_REQUEST
from requests_release.presenters import deliveries, stories
from requests_release.presenters import packages as package_presenter
from requests_release.presenters import requests as presenter
from requests_release.selectors import marks, requests
from requests_release.services import marks as mark_services
from requests_release.services import requests as services
from requests_release.views import frames
from requests_release.views.frames import Opened


@requires(VIEW_REQUEST)
def request_detail(request: HttpRequest, request_id: int) -> HttpResponse:
    """Show a request with everything that was found on it, and what can be done now."""
    return _show(request, frames.open_request(request, request_id), CommentForm())


@requires(VIEW_REQUEST, methods=("GET", "POST"))
def request_comment(request: HttpRequest, request_id: int) -> HttpResponse:
    """Add a remark; one that cannot be taken is shown again."""
    if request.method != "POST":
        return redirect("requests_release:request_detail", request_id=request_id)
    opened = frames.open_request(request, request_id)
    form = CommentForm(request.POST)
    if not form.is_valid():
        return _show(request, opened, form, status=422)
    services.comment(
        actor=opened.scope.actor, request_id=request_id, text=form.cleaned_data["text"]
    )
    return redirect("requests_release:request_detail", request_id=request_id)


def _show(
    request: HttpRequest, opened: Opened, form: CommentForm, *, status: int = 200
) -> HttpResponse:
    release = opened.request
    delivery = requests.get_delivery(release)
    sent = deliveries.present(delivery, now=timezone.now(), repeats=requests.list_repeats(delivery))
    comments = list(requests.list_comments(release))
    told = marks.list_told(comments, opened.scope.actor)
    mark_services.note_seen(actor=opened.scope.actor, comments=told)
    values = frames.values(opened) | {
        "ahead": presenter.present_ahead(release, opened.scope.actor),
        "deeds": presenter.present_deeds(
            release,
            opened.found,
            opened.scope.actor,
            opened.package,
            has_open_link=sent is not None and sent.is_open,
        ),
        "timeline": stories.present(
            release,
            requests.list_changes(release),
            requests.list_assignments(release),
            requests.list_choices(release),
            requests.list_authorizations(release),
            comments,
            delivery,
        ),
        "told": told,
        "returned": requests.get_return(release),
        "delivery": sent,
        "progress": package_presenter.present(opened.package),
        "manifest": package_presenter.present_manifest(
            opened.package, opened.found.items, opened.scope.classes
        ),
        "visible_classes": opened.scope.classes,
        "page_count": words.counted(release.page_count, "page"),
        "comment_form": form,
    }
    return render(request, "requests_release/detail.html", values, status=status)
