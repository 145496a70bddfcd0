"""How far a package is, and the finished file for printing."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.http import person, polling
from audit.enums import Action
from audit.http import requires
from records.access.services import opening
from requests_release.permissions import DELIVER_RELEASE, VIEW_REQUEST
from requests_release.presenters import packages as presenter
from requests_release.selectors import requests
from requests_release.services import packages as services
from requests_release.views import frames

FINISHED = 286  # tells the script that it need not ask again


@polling
@requires(VIEW_REQUEST)
def package_progress(request: HttpRequest, request_id: int) -> HttpResponse:
    """Answer how far the package is: 204 while nothing has changed, 286 when it is over.

    It shows no patient, so no event is written; who may not open the chart learns nothing.
    """
    scope = opening.peek_scope(
        actor=person(request), patient_id=requests.get_patient_id(request_id)
    )
    found = requests.get_request(scope, request_id)
    progress = presenter.present(requests.get_package(found))
    if progress is None or request.headers.get("If-None-Match") == progress.etag:
        return HttpResponse(status=204)
    response = render(
        request,
        "requests_release/_progress.html",
        {"progress": progress, "release": found, "is_polled": True},
        status=200 if progress.is_building else FINISHED,
    )
    response["ETag"] = progress.etag
    return response


@requires(DELIVER_RELEASE)
def package_file(request: HttpRequest, request_id: int) -> HttpResponse:
    """Give the finished file to the clerk who prints and mails it; an event, no disclosure.

    Raises:
        DocumentNotFit: a document of it was moved or voided since.
        ClassHidden: it holds a document of a class that the clerk may not see.
    """
    patient_id = requests.get_patient_id(request_id)
    scope = opening.peek_scope(actor=person(request), patient_id=patient_id)
    services.check_may_print(request=requests.get_request(scope, request_id))
    opened = frames.open_request(request, request_id, action=Action.PACKAGE_CHECKED)
    for item in opened.found.items:
        opened.scope.check_class(item.sensitivity)
    package = services.get_finished(request=opened.request)
    name = f"{opened.request.number}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(services.read(package), content_type="application/pdf", headers=headers)
