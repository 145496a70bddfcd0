"""May this person do this to this request; state rules are in `rules`."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from audit.enums import Action
from records.access.services import opening
from records.access.services.opening import ChartScope
from requests_release.errors import NotWorkedOn, OwnPreparation, StepNotYours
from requests_release.models import Request, RequestPreparer
from requests_release.permissions import APPROVE_REQUEST, PREPARE_REQUEST
from requests_release.rules import duties, marks, separation
from requests_release.rules.transitions import SYSTEM, Move


def check_scope(*, actor: User, request: Request) -> ChartScope:
    """Return what `actor` sees of the chart that the request is about, writing no event.

    Raises:
        ChartUnknown, ChartRefused, ChartDestroyed: no ground to the chart.
    """
    return opening.peek_scope(actor=actor, patient_id=request.patient_id)


def check_permission(*, actor: User, permission: str, request: Request, action: Action) -> None:
    """Check that the person's roles carry `permission`.

    Raises:
        StepNotYours: they do not.
    """
    if not actor.has_perm(permission):
        raise StepNotYours(duties.not_yours(permission), action=action, **about(request))


def check_move(*, actor: User, request: Request, move: Move) -> None:
    """Check that the person may take this step on this request.

    The machine's own steps carry no permission; services call those without asking here.

    Raises:
        StepNotYours: the role does not carry it, or it is the machine's.
        OwnPreparation: the step is for somebody who took no part in preparing.
    """
    if move.permission == SYSTEM:
        raise StepNotYours(action=move.action, **about(request))
    check_permission(actor=actor, permission=move.permission, request=request, action=move.action)
    if move.by_second_person:
        check_second_person(actor=actor, request=request, action=move.action)


def check_second_person(
    *, actor: User, request: Request, action: Action = Action.REQUEST_APPROVED
) -> None:
    """Check that the person took no part in preparing the request.

    Raises:
        OwnPreparation: they did.
    """
    try:
        separation.check_may_decide(preparers=list_preparer_ids(request), person=actor.pk)
    except OwnPreparation:
        # Said again with what the refusal's event is about, which the rule does not know.
        asked = request.reviewer.display_name if request.reviewer else ""
        raise OwnPreparation(duties.own(asked), action=action, **about(request)) from None


def check_may_approve(*, actor: User, request: Request) -> None:
    """Check separation and role of an approval; its message explains a disabled button.

    Who prepared it hears that first, whatever their role.

    Raises:
        OwnPreparation: the person prepared it.
        StepNotYours: the role does not approve.
    """
    check_second_person(actor=actor, request=request)
    check_permission(
        actor=actor, permission=APPROVE_REQUEST, request=request, action=Action.REQUEST_APPROVED
    )


def check_may_prepare(*, actor: User, request: Request) -> None:
    """Check that the role prepares requests.

    Raises:
        StepNotYours: it does not.
    """
    check_permission(
        actor=actor, permission=PREPARE_REQUEST, request=request, action=Action.REQUEST_CHANGED
    )


def check_may_work(*, actor: User, request: Request) -> None:
    """Check that the person may work on the request in its status: prepare it, or decide it.

    Raises:
        NotWorkedOn: nobody works on it in this status.
        StepNotYours: the role does not carry it.
        OwnPreparation: it is to be decided, and the person prepared it.
    """
    permission = marks.permission_for(request.status)
    if not permission:
        raise NotWorkedOn(action=Action.REQUEST_TAKEN_OVER, **about(request))
    if permission == APPROVE_REQUEST:
        check_may_approve(actor=actor, request=request)
    else:
        check_may_prepare(actor=actor, request=request)


def list_preparer_ids(request: Request) -> frozenset[int]:
    """Return everybody who took part in preparing the request."""
    people = RequestPreparer.objects.filter(request_id=request.pk)
    return frozenset(people.values_list("person_id", flat=True))


def about(request: Request) -> dict[str, Any]:
    """Return what a refusal's event says it was about."""
    return {
        "patient_id": request.patient_id,
        "subject_type": "request",
        "subject_id": request.pk,
    }
