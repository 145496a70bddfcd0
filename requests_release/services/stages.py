"""The stages of a request around its approval: taken up, held, reopened, ended."""

from __future__ import annotations

from accounts.models import User
from audit.writes import attributed
from records.retention.services import holds
from requests_release.access import about
from requests_release.enums import RequestStatus, WaitReason
from requests_release.errors import RequestMoveNotAllowed
from requests_release.models import Request
from requests_release.rules import transitions
from requests_release.services import moving, packages

S = RequestStatus


@attributed
def take(*, actor: User, request_id: int, version: int) -> Request:
    """Take a request into work: a new, a held, a returned one, or a submitted one back.

    Raises:
        RequestChanged: the form is stale.
        RequestMoveNotAllowed: it is in work already, or past it.
        ChartRefused, ChartUnknown, StepNotYours: not for this person.
    """
    request = moving.lock(request_id=request_id, version=version)
    _refuse_voiding(request)
    moving.note_preparer(actor=actor, request=request)
    is_assigned = request.prepared_by_id == actor.pk
    return moving.move(
        actor=actor,
        request=request,
        target=S.IN_PREPARATION,
        prepared_by=actor,
        assigned_by=request.assigned_by if is_assigned else None,
        reviewer=None,
    )


@attributed
def reopen(*, actor: User, request_id: int, version: int, reason: str) -> Request:
    """Change what was approved: the approval and its package are void from here on.

    Raises:
        RequestChanged: the form is stale.
        RequestMoveNotAllowed: nothing is approved, or the copies have left.
        ReasonMissing, ChartRefused, ChartUnknown, StepNotYours: not so, or not by this person.
    """
    request = moving.lock(request_id=request_id, version=version)
    packages.void_all(request=request)
    moving.move(
        actor=actor,
        request=request,
        target=S.IN_PREPARATION,
        reason=reason,
        prepared_by=actor,
        assigned_by=None,
        reviewer=None,
    )
    moving.note_preparer(actor=actor, request=request)
    return request


@attributed
def put_on_hold(
    *, actor: User, request_id: int, version: int, wait_reason: WaitReason, note: str
) -> Request:
    """Stop work until the requester has answered.

    Raises:
        RequestChanged, RequestMoveNotAllowed, StepNotYours, ReasonMissing: see `moving`.
    """
    request = moving.lock(request_id=request_id, version=version)
    moving.note_preparer(actor=actor, request=request)
    return moving.move(
        actor=actor,
        request=request,
        target=S.ON_HOLD,
        reason=note or WaitReason(wait_reason).label,
        wait_reason=wait_reason,
    )


@attributed
def withdraw(*, actor: User, request_id: int, version: int, reason: str) -> Request:
    """End a request that its requester no longer wants, and lift its hold.

    Raises:
        RequestChanged, RequestMoveNotAllowed, StepNotYours, ReasonMissing: see `moving`.
    """
    request = moving.lock(request_id=request_id, version=version)
    packages.void_all(request=request)
    moving.move(actor=actor, request=request, target=S.WITHDRAWN, reason=reason)
    holds.lift_for_request(actor=actor, request_id=request.pk)
    return request


@attributed
def close(*, actor: User, request_id: int, version: int) -> Request:
    """Close a request that has been answered, and lift its hold.

    Raises:
        RequestChanged, RequestMoveNotAllowed, StepNotYours: see `moving`.
    """
    request = moving.lock(request_id=request_id, version=version)
    moving.move(actor=actor, request=request, target=S.CLOSED)
    holds.lift_for_request(actor=actor, request_id=request.pk)
    return request


def _refuse_voiding(request: Request) -> None:
    """Leave an approved request to `reopen`, which says what becomes void."""
    found = transitions.find_move(request.status, S.IN_PREPARATION)
    if found.voids_approval:
        raise RequestMoveNotAllowed(action=found.action, **about(request))
