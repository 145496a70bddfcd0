"""Requests: logged, corrected, remarked on."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import User
from audit.enums import Action
from audit.services import events
from audit.writes import attributed
from records.access.services import opening
from records.access.services.opening import ChartScope
from records.patients.services import custody
from records.retention.services import holds
from requests_release import access
from requests_release.access import about
from requests_release.enums import RequestStatus
from requests_release.errors import FormUsed, NotReady, RequestMoveNotAllowed, StepNotYours
from requests_release.models import Comment, Request, Requester, RequestStatusChange
from requests_release.permissions import PREPARE_REQUEST
from requests_release.rules import transitions
from requests_release.services import clocks, moving
from requests_release.services.requesters import RequesterFacts, contacts_of, find_or_create

S = RequestStatus


@dataclass(frozen=True)
class RequestFacts:
    """What a clerk writes down of a request."""

    kind: str
    purpose: str
    basis: str
    channel: str
    medium: str
    scope: str
    received_on: date
    recipient_name: str = ""
    recipient_address: str = ""
    purpose_note: str = ""
    identity_proof: str = ""
    scope_from: date | None = None
    scope_until: date | None = None
    stated_due_on: date | None = None


@attributed
def log(
    *,
    actor: User,
    patient_id: int,
    requester: RequesterFacts,
    facts: RequestFacts,
    idempotency_key: uuid.UUID,
) -> Request:
    """Log a request and place a hold on the patient's records until it is closed.

    A form that is sent twice carries the same key, and gives the request that is there already:
    to the same person, for the same patient, and to nobody else.

    Raises:
        StepNotYours: the role logs no requests.
        ChartUnknown, ChartRefused, ChartDestroyed: no ground to the chart.
        FormUsed: the form's key has logged a request of another patient or person.
    """
    if not actor.has_perm(PREPARE_REQUEST):
        raise StepNotYours(action=Action.REQUEST_LOGGED, patient_id=patient_id)
    scope = opening.peek_scope(actor=actor, patient_id=patient_id)
    known = _sent_before(actor, patient_id, idempotency_key)
    if known is not None:
        return known
    asked = find_or_create(actor=actor, facts=requester)
    try:
        with transaction.atomic():
            request = _create(scope, asked, facts, idempotency_key)
    except IntegrityError:
        # The same form, sent twice at once: the other one was quicker.
        known = _sent_before(actor, patient_id, idempotency_key)
        if known is None:
            raise
        return known
    moving.note_preparer(actor=actor, request=request)
    RequestStatusChange.objects.create(
        request=request,
        to_status=S.LOGGED,
        changed_at=request.status_since,
        changed_by=actor,
    )
    holds.place_for_request(
        actor=actor, request_id=request.pk, number=request.number, patient_id=patient_id
    )
    events.record(action=Action.REQUEST_LOGGED, actor=actor, **about(request))
    return request


@attributed
def change(
    *, actor: User, request_id: int, version: int, requester: RequesterFacts, facts: RequestFacts
) -> Request:
    """Correct what was logged; the due date is worked out anew unless a notice has extended it.

    Whoever changes where the requester is reached has prepared the request, as with any change.

    Raises:
        RequestChanged: the form is stale.
        RequestMoveNotAllowed: it is submitted or further.
        ChartRefused, ChartUnknown, StepNotYours: not for this person.
    """
    request = moving.lock(request_id=request_id, version=version)
    check_editable(actor=actor, request=request)
    before = request.requester
    asked = find_or_create(actor=actor, facts=requester, request=request)
    wanted = _values(asked, facts, request.unit_id)
    if request.extended_on is not None:
        # The notice of delay has told the requester a day; that day stands.
        wanted = {name: wanted[name] for name in wanted if not name.startswith("due_")}
    changed = [name for name, value in wanted.items() if getattr(request, name) != value]
    contacts = _list_contacts_changed(before, asked)
    if not changed and not contacts:
        return request
    moving.note_preparer(actor=actor, request=request)
    request.requester = asked
    moving.save(request, **{name: wanted[name] for name in changed})
    detail = {"fields": changed + contacts}
    events.record(action=Action.REQUEST_CHANGED, actor=actor, detail=detail, **about(request))
    return request


@attributed
def comment(*, actor: User, request_id: int, text: str) -> Comment:
    """Add a remark to the timeline.

    Raises:
        RequestUnknown: no such request.
        ChartRefused, ChartUnknown: no ground to the chart.
        NotReady: the remark is empty.
    """
    request = moving.lock(request_id=request_id)
    access.check_scope(actor=actor, request=request)
    if not text.strip():
        raise NotReady("Write something first.", action=Action.REQUEST_CHANGED, **about(request))
    remark = Comment.objects.create(request=request, text=text.strip(), made_by=actor)
    events.record(
        action=Action.REQUEST_CHANGED,
        actor=actor,
        detail={"fields": ["comment"], "comment": remark.pk},
        **about(request),
    )
    return remark


def check_editable(*, actor: User, request: Request) -> None:
    """Check that the person may change a locked request now.

    Raises:
        RequestMoveNotAllowed: its status does not allow changes.
        StepNotYours, ChartRefused, ChartUnknown: not for this person.
    """
    access.check_may_prepare(actor=actor, request=request)
    access.check_scope(actor=actor, request=request)
    if request.status not in transitions.EDITABLE:
        raise RequestMoveNotAllowed(action=Action.REQUEST_CHANGED, **about(request))


def _sent_before(actor: User, patient_id: int, key: uuid.UUID) -> Request | None:
    """Return the request that this form has logged already, if it has.

    Raises:
        FormUsed: it was another patient's, or another person's form.
    """
    known = Request.objects.filter(idempotency_key=key).first()
    if known is None:
        return None
    if (known.created_by_id, known.patient_id) != (actor.pk, patient_id):
        raise FormUsed(action=Action.REQUEST_LOGGED, patient_id=patient_id)
    return known


def follow_chart(patient_id: int, unit_id: int) -> None:
    """Let every request for a chart carry the unit that keeps the chart now."""
    Request.objects.filter(patient_id=patient_id).update(unit_id=unit_id)


def _create(scope: ChartScope, asked: Requester, facts: RequestFacts, key: uuid.UUID) -> Request:
    unit_id = custody.keep_unit(scope.patient_id)
    return Request.objects.create(
        number=_next_number(),
        patient_id=scope.patient_id,
        unit_id=unit_id,
        status_since=timezone.now(),
        idempotency_key=key,
        created_by=scope.actor,
        **_values(asked, facts, unit_id),
    )


def _values(asked: Requester, facts: RequestFacts, unit_id: int) -> dict[str, Any]:
    """Return the columns of a request: what was written down, and the due date by rule."""
    values = asdict(facts)
    stated = values.pop("stated_due_on")
    values["recipient_name"] = facts.recipient_name.strip() or asked.name
    values["recipient_address"] = facts.recipient_address.strip() or asked.address
    due = clocks.find_due(
        kind=facts.kind,
        requester=asked.kind,
        unit_id=unit_id,
        received_on=facts.received_on,
        stated_on=stated,
    )
    return values | {"requester": asked} | due


def _list_contacts_changed(before: Requester, asked: Requester) -> list[str]:
    """Return which contacts of the same requester are others than before."""
    if before.pk != asked.pk:
        return []
    was, now = contacts_of(before), contacts_of(asked)
    return [f"requester_{name}" for name in now if now[name] != was[name]]


def _next_number() -> str:
    """Return the next number, `R2026-000123`; gaps are left by logs that failed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('requests_release_number')")
        (count,) = cursor.fetchone()
    return f"R{timezone.localdate():%Y}-{count:06d}"


@attributed
def note_sensitive(
    *,
    actor: User,
    request_id: int,
    version: int,
    reviewed_classes: Sequence[str],
    review_note: str,
    has_part2_order: bool,
    is_emergency: bool,
) -> Request:
    """Note what opens protected classes: a professional's review, a court order, an emergency.

    Raises:
        RequestChanged: the form is stale.
        RequestMoveNotAllowed: it is submitted or further.
        NotReady: a review that names nobody.
        StepNotYours, ChartRefused, ChartUnknown: not for this person.
    """
    request = moving.lock(request_id=request_id, version=version)
    check_editable(actor=actor, request=request)
    if reviewed_classes and not review_note.strip():
        raise NotReady(
            "Say which professional looked at it.", action=Action.REQUEST_CHANGED, **about(request)
        )
    moving.note_preparer(actor=actor, request=request)
    moving.save(
        request,
        reviewed_classes=sorted(reviewed_classes),
        review_note=review_note.strip(),
        has_part2_order=has_part2_order,
        is_emergency=is_emergency,
    )
    events.record(
        action=Action.REQUEST_CHANGED,
        actor=actor,
        detail={"fields": ["reviewed_classes", "has_part2_order", "is_emergency"]},
        **about(request),
    )
    return request
