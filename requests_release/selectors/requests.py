"""Requests as pages read them, through an opened scope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from accounts.models import User
from accounts.roles import Role
from accounts.selectors import users
from records.access.services.opening import ChartScope
from requests_release.enums import RequestStatus
from requests_release.errors import RequestUnknown
from requests_release.models import (
    Authorization,
    Comment,
    Delivery,
    Package,
    Repeat,
    Request,
    RequestAssignment,
    RequestChoice,
    RequestStatusChange,
)
from requests_release.rules import transitions

PANEL_LENGTH = 8
OPEN = """
SELECT work.id, work.number, work.status, work.due_on,
       (SELECT name FROM requests_release_requester WHERE id = work.requester_id)
  FROM requests_release_request work
 WHERE work.patient_id = %(patient)s AND work.status = ANY(%(open)s)
 ORDER BY work.due_on, work.id LIMIT %(many)s
"""


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """A request that is not closed, as the chart page lists it."""

    pk: int
    number: str
    status: str
    due_on: date | None
    requester: str

    @property
    def status_label(self) -> str:
        """The status in words."""
        return RequestStatus(self.status).label

    @property
    def is_answered(self) -> bool:
        """Tell whether the clock of the law has been answered."""
        return self.status in transitions.ANSWERED


def get_patient_id(request_id: int) -> int:
    """Return whose chart a request is about; the only thing asked before the chart is opened.

    Raises:
        RequestUnknown: no such request.
    """
    found = Request.objects.filter(pk=request_id).values_list("patient_id", flat=True).first()
    if found is None:
        raise RequestUnknown(subject_type="request", subject_id=request_id)
    return found


def get_request(scope: ChartScope, request_id: int) -> Request:
    """Return a request of an opened chart, with the people, the requester and the mark.

    Raises:
        RequestUnknown: it is not of this chart.
    """
    found = (
        Request.objects.select_related(
            "requester",
            "unit__facility",
            "prepared_by",
            "submitted_by",
            "approved_by",
            "reviewer",
            "mark__person",
        )
        .filter(pk=request_id, patient_id=scope.patient_id)
        .first()
    )
    if found is None:
        raise RequestUnknown(subject_type="request", subject_id=request_id)
    return found


def list_changes(request: Request) -> QuerySet[RequestStatusChange]:
    """Return the steps in the life of a request, oldest first."""
    return (
        RequestStatusChange.objects.filter(request=request)
        .select_related("changed_by")
        .order_by("pk")
    )


def get_return(request: Request) -> RequestStatusChange | None:
    """Return the step by which a request was returned, until it is submitted again."""
    if request.submitted_at is None or request.status not in transitions.EDITABLE:
        return None
    steps = RequestStatusChange.objects.select_related("changed_by").order_by("-pk")
    ends = (RequestStatus.SUBMITTED, RequestStatus.RETURNED)
    last = steps.filter(request=request, to_status__in=ends).first()
    return last if last and last.to_status == RequestStatus.RETURNED else None


def list_assignments(request: Request) -> QuerySet[RequestAssignment]:
    """Return to whom a request was given by others, oldest first."""
    return (
        RequestAssignment.objects.filter(request=request)
        .select_related("assigned_by", "person")
        .order_by("pk")
    )


def list_choices(request: Request) -> QuerySet[RequestChoice]:
    """Return when documents and pages were chosen or taken out, oldest first."""
    return RequestChoice.objects.filter(request=request).select_related("chosen_by").order_by("pk")


def list_authorizations(request: Request) -> QuerySet[Authorization]:
    """Return every reading of a request's authorizations, oldest first."""
    return (
        Authorization.objects.filter(request=request)
        .select_related("recorded_by", "revocation_recorded_by")
        .order_by("pk")
    )


def list_comments(request: Request) -> QuerySet[Comment]:
    """Return the remarks on a request, oldest first."""
    return (
        Comment.objects.filter(request=request)
        .select_related("made_by", "took_over_from", "notice")
        .order_by("pk")
    )


def get_package(request: Request) -> Package | None:
    """Return the newest package of a request, with its job."""
    return Package.objects.filter(request=request).select_related("job").order_by("-number").first()


def get_delivery(request: Request) -> Delivery | None:
    """Return the newest delivery of a request."""
    return (
        Delivery.objects.filter(request=request)
        .select_related("created_by")
        .order_by("-pk")
        .first()
    )


def list_repeats(delivery: Delivery | None) -> list[Repeat]:
    """Return what came of a link since its download, oldest first."""
    if delivery is None or not delivery.is_download:
        return []
    return list(Repeat.objects.filter(delivery=delivery).order_by("pk"))


def list_preparers() -> list[User]:
    """Return the people to whom a request can be given."""
    found = {
        user.pk: user for role in (Role.CLERK, Role.SUPERVISOR) for user in users.list_holders(role)
    }
    return sorted(found.values(), key=lambda user: (user.display_name, user.pk))


def list_open(scope: ChartScope) -> list[OpenRequest]:
    """Return the open requests of an opened chart, the first due first, in one fixed statement."""
    values: dict[str, Any] = {
        "patient": scope.patient_id,
        "open": sorted(transitions.OPEN),
        "many": PANEL_LENGTH,
    }
    with connection.cursor() as cursor:
        cursor.execute(OPEN, values)
        return [OpenRequest(*row) for row in cursor.fetchall()]
