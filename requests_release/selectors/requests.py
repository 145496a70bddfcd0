"""Requests as pages read them, through an opened scope."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.models import User
from accounts.roles import Role
from accounts.selectors import users
from records.access.services.opening import ChartScope
from requests_release import access
from requests_release.errors import RequestUnknown
from requests_release.models import (
    Comment,
    Delivery,
    Package,
    Request,
    RequestStatusChange,
)
from requests_release.rules import transitions

PANEL_LENGTH = 8


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
    """Return a request of an opened chart, with the people and the requester.

    Raises:
        RequestUnknown: it is not of this chart.
    """
    found = (
        Request.objects.select_related(
            "requester", "unit__facility", "prepared_by", "submitted_by", "approved_by", "reviewer"
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


def list_comments(request: Request) -> QuerySet[Comment]:
    """Return the remarks on a request, oldest first."""
    return Comment.objects.filter(request=request).select_related("made_by").order_by("pk")


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


def list_reviewers(request: Request) -> list[User]:
    """Return the people who may be asked to approve a request: nobody who prepared it."""
    preparers = access.list_preparer_ids(request)
    return [user for user in users.list_holders(Role.SUPERVISOR) if user.pk not in preparers]


def list_preparers() -> list[User]:
    """Return the people to whom a request can be given."""
    found = {
        user.pk: user for role in (Role.CLERK, Role.SUPERVISOR) for user in users.list_holders(role)
    }
    return sorted(found.values(), key=lambda user: (user.display_name, user.pk))


def list_open(scope: ChartScope) -> list[Request]:
    """Return the open requests of an opened chart, the first due first."""
    return list(
        Request.objects.filter(patient_id=scope.patient_id, status__in=transitions.OPEN)
        .select_related("requester")
        .order_by("due_on", "pk")[:PANEL_LENGTH]
    )
