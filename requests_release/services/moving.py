"""The one way in which a request goes from one status to the next."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.models import User
from audit.enums import Action
from audit.services import events
from requests_release import access
from requests_release.access import about
from requests_release.enums import RequestStatus
from requests_release.errors import ReasonMissing, RequestChanged, RequestUnknown
from requests_release.models import Mark, Request, RequestPreparer, RequestStatusChange
from requests_release.rules import transitions
from requests_release.rules.transitions import Move

S = RequestStatus
KEEPS_APPROVAL = frozenset({S.APPROVED, S.PACKAGING, S.READY, S.DELIVERED, S.CLOSED})


def lock(*, request_id: int, version: int | None = None) -> Request:
    """Lock a request until the transaction ends; with `version`, only if it is still that one.

    Two forms sent at once meet here: the second sees the first one's version and is refused.

    Raises:
        RequestUnknown: no such request.
        RequestChanged: somebody changed it since the form was loaded.
    """
    try:
        request = Request.objects.select_for_update().get(pk=request_id)
    except Request.DoesNotExist:
        raise RequestUnknown(subject_type="request", subject_id=request_id) from None
    if version is not None:
        check_version(request, version)
    return request


def check_version(request: Request, version: int) -> None:
    """Check that a locked request is still the one that a form showed.

    Raises:
        RequestChanged: somebody changed it since.
    """
    if request.version != version:
        raise RequestChanged(action=Action.REQUEST_CHANGED, **about(request))


def move(
    *,
    actor: User,
    request: Request,
    target: RequestStatus,
    reason: str = "",
    now: datetime | None = None,
    **fields: Any,
) -> Request:
    """Take a person's step on a locked request: check, write, history row, event.

    Raises:
        RequestMoveNotAllowed: the table has no such step.
        StepNotYours, OwnPreparation: it is not for this person.
        ReasonMissing: the step needs a reason.
        ChartRefused, ChartUnknown, ChartDestroyed: no ground to the chart.
    """
    step = transitions.find_move(request.status, target)
    access.check_move(actor=actor, request=request, move=step)
    access.check_scope(actor=actor, request=request)
    if step.needs_reason and not reason.strip():
        raise ReasonMissing(action=step.action, **about(request))
    return write_move(
        actor=actor, request=request, step=step, target=target, reason=reason, now=now, **fields
    )


def move_by_system(
    *, actor: User, request: Request, target: RequestStatus, **facts: Any
) -> Request:
    """Take a step that no person here takes on a locked request, in the name of `actor`.

    `facts` are those of `write_move`; with `is_recipient` it is the step of a recipient, who has
    no account: rows name the system, the event the recipient.

    Raises:
        RequestMoveNotAllowed: the table has no such step.
    """
    step = transitions.find_move(request.status, target)
    return write_move(actor=actor, request=request, step=step, target=target, **facts)


def write_move(
    *,
    actor: User,
    request: Request,
    step: Move,
    target: RequestStatus,
    reason: str = "",
    now: datetime | None = None,
    is_recipient: bool = False,
    **fields: Any,
) -> Request:
    """Write a step that has been checked: the request, its history row and the event.

    With `is_recipient` the event is of whoever `audit.context` names, not of `actor`.
    """
    now = now or timezone.now()
    before, values = request.status, {"status": target, "status_since": now, "wait_reason": ""}
    if target not in KEEPS_APPROVAL:
        values |= {"approved_at": None, "approved_by": None}
    # The history row first: it takes part in the check that the approver did not prepare it.
    change = RequestStatusChange.objects.create(
        request=request,
        from_status=before,
        to_status=target,
        reason=reason.strip(),
        changed_at=now,
        changed_by=actor,
    )
    save(request, **values | fields)
    end_mark(request)
    events.record(
        action=step.action,
        actor=None if is_recipient else actor,
        detail={"from": str(before), "to": str(target), "change": change.pk},
        **about(request),
    )
    return request


def save(request: Request, **values: Any) -> None:
    """Save the named values of a locked request under its next version."""
    for name, value in values.items():
        setattr(request, name, value)
    request.version += 1
    request.save(update_fields=[*values, "version"])


def end_mark(request: Request) -> None:
    """End the mark of whoever worked on a request that goes on to its next step, or to another."""
    Mark.objects.filter(request=request).delete()


def note_preparer(*, actor: User, request: Request) -> None:
    """Remember that the person took part in preparing, so that they never approve it."""
    RequestPreparer.objects.get_or_create(request=request, person=actor)
