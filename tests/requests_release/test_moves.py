"""Every pair of states for every role: the table decides, then the role, then the person."""

from datetime import timedelta

import pytest

from audit.enums import Action
from audit.errors import Refused
from audit.writes import attributing
from requests_release.enums import RequestStatus
from requests_release.models import Request, RequestStatusChange
from requests_release.permissions import APPROVE_REQUEST, DELIVER_RELEASE, PREPARE_REQUEST
from requests_release.rules import transitions
from requests_release.services import moving
from tests.requests_release import builders, factories
from tests.requests_release.events import events_of

S = RequestStatus
PATHS = {
    S.LOGGED: (),
    S.IN_PREPARATION: ("IN_PREPARATION",),
    S.ON_HOLD: ("IN_PREPARATION", "ON_HOLD"),
    S.SUBMITTED: ("IN_PREPARATION", "SUBMITTED"),
    S.RETURNED: ("IN_PREPARATION", "SUBMITTED", "RETURNED"),
    S.APPROVED: ("IN_PREPARATION", "SUBMITTED", "APPROVED"),
    S.PACKAGING: ("IN_PREPARATION", "SUBMITTED", "APPROVED", "PACKAGING"),
    S.READY: ("IN_PREPARATION", "SUBMITTED", "APPROVED", "PACKAGING", "READY"),
    S.DENIED: ("IN_PREPARATION", "SUBMITTED", "DENIED"),
    S.NO_RECORDS: ("IN_PREPARATION", "SUBMITTED", "NO_RECORDS"),
    S.WITHDRAWN: ("WITHDRAWN",),
    S.CLOSED: ("IN_PREPARATION", "SUBMITTED", "DENIED", "CLOSED"),
}
HOLDS = {
    "CLERK": {PREPARE_REQUEST, DELIVER_RELEASE},
    "SUPERVISOR": {PREPARE_REQUEST, DELIVER_RELEASE, APPROVE_REQUEST},
    "COMPLIANCE": set(),
    "PROVIDER": set(),
    "ADMINISTRATOR": set(),
}
EXTRA = {
    S.ON_HOLD: {"wait_reason": "CLARIFICATION"},
    S.IN_PREPARATION: {},
    S.APPROVED: {},
}


def brought(status, patient, clerk, approver, document):
    request = factories.make_request(patient, clerk)
    factories.make_item(request, document, clerk)
    return factories.bring(request, *PATHS[status], clerk=clerk, approver=approver)


def fields_for(target, actor, now):
    if target == S.APPROVED:
        return {"approved_at": now, "approved_by": actor}
    if target == S.SUBMITTED:
        return {"submitted_at": now, "submitted_by": actor}
    if target == S.IN_PREPARATION:
        return {"prepared_by": actor}
    return EXTRA.get(target, {})


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(HOLDS))
@pytest.mark.parametrize("status", list(PATHS))
def test_every_target_from_a_state_for_a_role(
    unit, patient, clerk, approver, document, status, role
):
    """DELIVERED is left out: the database lets nobody there without a disclosure."""
    request = brought(status, patient, clerk, approver, document)
    actor = factories.make_user(role, unit=unit)
    taken = set()
    for target in set(S) - {S.DELIVERED}:
        try:
            with attributing(actor):
                locked = moving.lock(request_id=request.pk)
                now = locked.created_at
                moving.move(
                    actor=actor,
                    request=locked,
                    target=target,
                    reason="why",
                    **fields_for(target, actor, now),
                )
                taken.add(target)
                raise Undone
        except (Refused, Undone):
            continue

    assert taken == {
        target
        for target, move in transitions.moves_from(status).items()
        if move.permission in HOLDS[role] and target != S.DELIVERED
    }


class Undone(Exception):
    """Takes a step back, so that the next one begins where it did."""


@pytest.mark.goal("G-38")
@pytest.mark.django_db
@pytest.mark.parametrize("target", [S.APPROVED, S.RETURNED, S.DENIED, S.NO_RECORDS])
def test_no_decision_by_whoever_prepared(unit, patient, document, target):
    both = factories.make_user("CLERK", "SUPERVISOR", unit=unit)
    request = brought(S.SUBMITTED, patient, both, None, document)

    with pytest.raises(Refused) as refused, attributing(both):
        moving.move(
            actor=both,
            request=moving.lock(request_id=request.pk),
            target=target,
            reason="mine",
        )

    assert refused.value.reason == "OWN_PREPARATION"
    assert builders.fresh(request).status == "SUBMITTED"


@pytest.mark.django_db
def test_a_move_writes_the_request_a_history_row_and_an_event(patient, clerk, document):
    request = builders.log(patient, clerk)

    builders.take(request, clerk)

    request = builders.fresh(request)
    change = RequestStatusChange.objects.latest("pk")
    event = events_of(Action.REQUEST_ASSIGNED)[-1]
    assert (request.status, request.prepared_by_id, request.version) == (
        "IN_PREPARATION",
        clerk.pk,
        2,
    )
    assert (change.from_status, change.to_status, change.changed_by_id) == (
        "LOGGED",
        "IN_PREPARATION",
        clerk.pk,
    )
    assert abs(change.changed_at - request.status_since) < timedelta(minutes=1)
    assert (event["patient_id"], event["subject_id"]) == (patient.pk, str(request.pk))
    assert event["detail"] == {"from": "LOGGED", "to": "IN_PREPARATION", "change": change.pk}


@pytest.mark.django_db
@pytest.mark.parametrize("target", [S.WITHDRAWN, S.ON_HOLD])
def test_a_step_that_needs_a_reason_is_refused_without_one(patient, clerk, document, target):
    request = builders.prepared(patient, clerk, document)

    with pytest.raises(Refused) as refused, attributing(clerk):
        moving.move(
            actor=clerk, request=moving.lock(request_id=request.pk), target=target, reason=" "
        )

    assert refused.value.reason == "REASON_MISSING"
    assert builders.fresh(request).status == "IN_PREPARATION"


@pytest.mark.django_db
def test_nobody_takes_the_machines_steps(patient, clerk, approver, document):
    request = brought(S.APPROVED, patient, clerk, approver, document)

    with pytest.raises(Refused) as refused, attributing(approver):
        moving.move(actor=approver, request=moving.lock(request_id=request.pk), target=S.PACKAGING)

    assert refused.value.reason == "STEP_NOT_YOURS"
    assert Request.objects.get(pk=request.pk).status == "APPROVED"
