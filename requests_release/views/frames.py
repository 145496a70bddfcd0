"""What every page about one request does first, and what it shows around its work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from accounts.http import person
from accounts.models import User
from audit.access import refusal
from audit.enums import Action, Purpose
from records.access.enums import Use
from records.access.services import opening
from records.access.services.opening import ChartScope
from records.patients.presenters import banner
from requests_release import access
from requests_release.models import Package, Request
from requests_release.presenters import marks as mark_presenter
from requests_release.presenters import requests as presenter
from requests_release.presenters.marks import MarkLine
from requests_release.rules.marks import permission_for
from requests_release.selectors import marks, readiness, requests
from requests_release.selectors.marks import Marked
from requests_release.selectors.readiness import Readiness
from requests_release.services import marks as mark_services

# The pages on which a request is prepared.
PREPARING = frozenset(
    {"request_edit", "request_authorization", "request_items", "request_sensitive"}
)


@dataclass(frozen=True)
class Opened:
    """A request whose chart was opened for this page, what was found on it, and who works on it."""

    scope: ChartScope
    request: Request
    found: Readiness
    package: Package | None
    held: Marked | None


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
    package = requests.get_package(request)
    return Opened(scope, request, found, package, marks.find_held(request))


def values(opened: Opened, page: str = "", *, decides: bool = False) -> dict[str, Any]:
    """Return the values of the frame: banner, steps, findings, and who works on the request.

    To be shown a page on which one works takes the mark where nobody holds it: a page of preparing,
    while the request can be changed, and the page of the decision to whoever `decides`. Any other
    page of the request only keeps one's own mark.
    """
    return {
        "banner": banner.get_banner(opened.scope),
        "release": opened.request,
        "steps": presenter.present_steps(opened.request, opened.found, page),
        "found": opened.found,
        "facts": presenter.present_facts(opened.request),
        "package": opened.package,
        "detail_url": presenter.address("request_detail", opened.request),
        "mark": _mark(opened, decides or (page in PREPARING and opened.request.is_editable)),
    }


def _mark(opened: Opened, is_worked: bool) -> MarkLine | None:
    """Take or keep the person's mark; return the line, none where nobody works on the request."""
    request, actor, held = opened.request, opened.scope.actor, opened.held
    if not permission_for(request.status):
        return None
    if is_worked:
        held = mark_services.take(actor=actor, request=request)
    elif held and held.person_id == actor.pk:
        mark_services.keep(actor=actor, request_id=request.pk)
    return mark_line(request, actor, held, may_take_over=is_worked or None)


def mark_line(
    request: Request, actor: User, held: Marked | None, *, may_take_over: bool | None = None
) -> MarkLine:
    """Return the line about a mark; whether one may take over is asked where it matters."""
    is_others = held is not None and held.person_id != actor.pk
    if may_take_over is None:
        may_take_over = is_others and not refusal(
            access.check_may_work, actor=actor, request=request
        )
    return mark_presenter.present(
        held, request_id=request.pk, reader_id=actor.pk, may_take_over=may_take_over
    )
