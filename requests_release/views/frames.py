"""What every page about one request does first, and what it shows around its work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from accounts.http import person
from audit.enums import Action, Purpose
from records.access.enums import Use
from records.access.services import opening
from records.access.services.opening import ChartScope
from records.patients.presenters import banner
from requests_release.models import Package, Request
from requests_release.presenters import requests as presenter
from requests_release.selectors import readiness, requests
from requests_release.selectors.readiness import Readiness


@dataclass(frozen=True)
class Opened:
    """A request whose chart was opened for this page, and what was found on it."""

    scope: ChartScope
    request: Request
    found: Readiness
    package: Package | None


def open_request(
    http: HttpRequest, request_id: int, *, action: Action = Action.REQUEST_VIEWED
) -> Opened:
    """Open the chart of a request, writing the event, and return what its pages need.

    Raises:
        RequestUnknown: no such request.
        ChartRefused, ChartUnknown, ChartDestroyed: no ground to the chart.
    """
    scope = opening.open_chart(
        actor=person(http),
        patient_id=requests.get_patient_id(request_id),
        purpose=Purpose.RELEASE,
        action=action,
        use=Use.WORK,
        subject_type="request",
        subject_id=request_id,
    )
    return _read(scope, request_id)


def renew(opened: Opened) -> Opened:
    """Return a request as it is now, for a page that was opened already and is shown again."""
    return _read(opened.scope, opened.request.pk)


def _read(scope: ChartScope, request_id: int) -> Opened:
    request = requests.get_request(scope, request_id)
    found = readiness.check(request, classes=scope.classes)
    return Opened(scope, request, found, requests.get_package(request))


def values(opened: Opened, page: str = "") -> dict[str, Any]:
    """Return the values of the frame: banner, steps, findings."""
    return {
        "banner": banner.get_banner(opened.scope),
        "release": opened.request,
        "steps": presenter.present_steps(opened.request, opened.found, page),
        "found": opened.found,
        "facts": presenter.present_facts(opened.request),
        "package": opened.package,
        "detail_url": presenter.address("request_detail", opened.request),
    }
