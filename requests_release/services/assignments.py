"""A request given to another person, and taken back by who gave it, within minutes."""

from __future__ import annotations

from django.utils import timezone

from accounts.models import User
from accounts.services.undoing import check_may_undo
from audit.enums import Action
from audit.services import events
from audit.writes import attributed
from requests_release import access
from requests_release.access import about
from requests_release.errors import RequestUnknown, StepNotYours
from requests_release.models import Request, RequestAssignment
from requests_release.permissions import APPROVE_REQUEST, PREPARE_REQUEST
from requests_release.rules import transitions
from requests_release.services import moving


@attributed
def assign(*, actor: User, request_id: int, version: int, person: User) -> RequestAssignment:
    """Give a request to another clerk, who thereby has work on its chart.

    Raises:
        RequestChanged: the form is stale.
        StepNotYours: the actor assigns no work, or the person prepares no requests.
        ChartRefused, ChartUnknown: the actor has no ground to the chart.
    """
    request = moving.lock(request_id=request_id, version=version)
    _check_may_assign(actor, request)
    if request.status not in transitions.EDITABLE or not person.has_perm(PREPARE_REQUEST):
        raise StepNotYours(
            "Only a request in preparation goes to another person who prepares requests.",
            action=Action.REQUEST_ASSIGNED,
            **about(request),
        )
    given = _give(actor, request, person=person, assigned_by=actor)
    moving.note_preparer(actor=person, request=request)
    return given


@attributed
def undo(*, actor: User, request_id: int, assignment_id: int) -> RequestAssignment:
    """Take a request back that was just given to somebody: it lies where it lay before.

    Who had it meanwhile may have looked at it, so they stay among those who never approve it.

    Raises:
        RequestUnknown: there is no such request, or no such assignment of it that can be undone.
        NotYoursToUndo: somebody else gave it.
        UndoTooLate: it was given longer ago than `UNDO_FOR`.
        RequestChanged: something else has happened to it since.
        StepNotYours: the actor assigns no work.
        ChartRefused, ChartUnknown: the actor has no ground to the chart.
    """
    found = RequestAssignment.objects.filter(pk=assignment_id, request_id=request_id).first()
    if found is None or found.is_undoing:
        raise RequestUnknown(subject_type="request", subject_id=request_id)
    request = moving.lock(request_id=request_id, version=found.version)
    _check_may_assign(actor, request)
    check_may_undo(
        actor=actor,
        by_id=found.assigned_by_id,
        done_at=found.assigned_at,
        instead="Give the request on instead.",
        action=Action.REQUEST_ASSIGNED,
        **about(request),
    )
    return _give(
        actor,
        request,
        person=found.person_before,
        assigned_by=found.assigned_by_before,
        is_undoing=True,
    )


def _check_may_assign(actor: User, request: Request) -> None:
    access.check_permission(
        actor=actor, permission=APPROVE_REQUEST, request=request, action=Action.REQUEST_ASSIGNED
    )
    access.check_scope(actor=actor, request=request)


def _give(
    actor: User,
    request: Request,
    *,
    person: User | None,
    assigned_by: User | None,
    is_undoing: bool = False,
) -> RequestAssignment:
    given = RequestAssignment.objects.create(
        request=request,
        person=person,
        person_before_id=request.prepared_by_id,
        assigned_by_before_id=request.assigned_by_id,
        version=request.version + 1,
        is_undoing=is_undoing,
        assigned_at=timezone.now(),
        assigned_by=actor,
    )
    moving.save(request, prepared_by=person, assigned_by=assigned_by)
    moving.end_mark(request)
    events.record(
        action=Action.REQUEST_ASSIGNED,
        actor=actor,
        detail={"assignment": given.pk, "undone": is_undoing}
        | ({"person": person.pk} if person else {}),
        **about(request),
    )
    return given
