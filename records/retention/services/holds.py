"""Holds placed and lifted: while one stands, nothing of the charts it covers is destroyed.

rules 4.5: a hold overrides every schedule; after it ends eligibility is computed anew, and the
time it stood shortens no term.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from accounts.models import User
from audit.enums import Action, Purpose
from audit.services import events
from audit.writes import attributed
from records.retention import access
from records.retention.enums import HoldKind
from records.retention.errors import HoldLifted, HoldOfRequest, HoldTooLate, PatientNotFound
from records.retention.models import Hold, HoldPatient
from records.retention.permissions import PLACE_HOLD
from records.retention.services import locks

DESTROYED = "DESTROYED"
REQUEST_REASON = "The request is open."
CLOSED_REASON = "The request was closed."


@dataclass(frozen=True)
class Matter:
    """What a hold says of itself (rules 4.5, LH-3)."""

    name: str
    kind: HoldKind
    reason: str
    issued_on: date
    issuer: str = ""
    custodians: str = ""
    covers_from: date | None = None
    covers_until: date | None = None
    remind_on: date | None = None


@attributed
def place(
    *,
    actor: User,
    matter: Matter,
    patient_ids: Sequence[int],
    submission_key: UUID | None = None,
) -> Hold:
    """Place a hold on patients, each as a row of its own at which an erasure looks.

    The same `submission_key` places one hold: a form sent twice gives the hold of the first time.

    Raises:
        RoleMissing: the actor's role does not place holds.
        HoldOfRequest: holds of requests are placed by the requests themselves.
        PatientNotFound: a patient is unknown to the actor.
        HoldTooLate: a chart is destroyed already.
    """
    access.check_permission(actor, PLACE_HOLD, Action.HOLD_PLACED)
    if matter.kind == HoldKind.RELEASE_REQUEST:
        raise HoldOfRequest(action=Action.HOLD_PLACED)
    access.check_may_know(actor, list(patient_ids), Action.HOLD_PLACED)
    _lock(patient_ids, Action.HOLD_PLACED)
    # Behind the lock, at which the same form waits for itself.
    placed = Hold.objects.filter(submission_key=submission_key, placed_by=actor).first()
    if submission_key and placed:
        return placed
    now = timezone.now()
    hold = Hold.objects.create(
        placed_at=now, placed_by=actor, submission_key=submission_key, **vars(matter)
    )
    _cover(actor, hold, patient_ids, now)
    _record(Action.HOLD_PLACED, actor, hold, patient_ids)
    return hold


@attributed
def add_patients(*, actor: User, hold_id: int, patient_ids: Sequence[int]) -> Hold:
    """Bring further patients under a standing hold; those already under it stay as they are.

    Raises:
        RoleMissing: the actor's role does not place holds.
        PatientNotFound: a patient is unknown to the actor.
        HoldTooLate: a chart is destroyed already.
        HoldLifted, HoldOfRequest: the hold is not one that people extend.
    """
    access.check_permission(actor, PLACE_HOLD, Action.HOLD_CHANGED)
    access.check_may_know(actor, list(patient_ids), Action.HOLD_CHANGED)
    _lock(patient_ids, Action.HOLD_CHANGED)
    hold = _get_standing(hold_id, Action.HOLD_CHANGED)
    covered = set(hold.patients.filter(lifted_at=None).values_list("patient_id", flat=True))
    added = [patient_id for patient_id in patient_ids if patient_id not in covered]
    _cover(actor, hold, added, timezone.now())
    _record(Action.HOLD_CHANGED, actor, hold, added)
    return hold


@attributed
def lift(*, actor: User, hold_id: int, reason: str) -> Hold:
    """End a hold for all its patients at once.

    Raises:
        RoleMissing: the actor's role does not lift holds.
        HoldLifted: somebody was faster.
        HoldOfRequest: it ends with its request.
    """
    access.check_permission(actor, PLACE_HOLD, Action.HOLD_LIFTED)
    covered = _covered(hold_id)
    locks.lock_patients(covered)
    hold = _get_standing(hold_id, Action.HOLD_LIFTED)
    _lift(actor, hold, reason)
    return hold


@attributed
def place_for_request(*, actor: User, request_id: int, number: str, patient_id: int) -> Hold:
    """Keep a patient's chart while a release request is open; asked again it is the same hold.

    `number` is what people call the request; the hold is named after it.

    Raises:
        HoldTooLate: the chart is destroyed already.
        PatientNotFound: no such patient.
    """
    _lock([patient_id], Action.HOLD_PLACED)
    now = timezone.now()
    hold, _ = Hold.objects.get_or_create(
        request_id=request_id,
        lifted_at=None,
        defaults={
            "name": f"Release request {number}",
            "kind": HoldKind.RELEASE_REQUEST,
            "reason": REQUEST_REASON,
            "issued_on": timezone.localdate(now),
            "placed_at": now,
            "placed_by": actor,
        },
    )
    if not hold.patients.filter(patient_id=patient_id, lifted_at=None).exists():
        _cover(actor, hold, [patient_id], now)
        _record(Action.HOLD_PLACED, actor, hold, [patient_id])
    return hold


@attributed
def lift_for_request(*, actor: User, request_id: int) -> Hold | None:
    """End the hold of a request that is closed; return it, or None where none stands."""
    standing = Hold.objects.filter(request_id=request_id, lifted_at=None)
    hold_id = standing.values_list("pk", flat=True).first()
    if hold_id is None:
        return None
    locks.lock_patients(_covered(hold_id))
    hold = standing.select_for_update().first()
    if hold is not None:
        _lift(actor, hold, CLOSED_REASON)
    return hold


def _lock(patient_ids: Sequence[int], action: Action) -> None:
    """Lock the patients, so that an erasure of theirs is over, or waits and sees the hold."""
    statuses = locks.lock_patients(patient_ids)
    for patient_id in patient_ids:
        if patient_id not in statuses:
            raise PatientNotFound(action=action)
        if statuses[patient_id] == DESTROYED:
            raise HoldTooLate(action=action, patient_id=patient_id)


def _covered(hold_id: int) -> list[int]:
    rows = HoldPatient.objects.filter(hold_id=hold_id, lifted_at=None)
    return list(rows.values_list("patient_id", flat=True))


def _get_standing(hold_id: int, action: Action) -> Hold:
    hold = Hold.objects.select_for_update().get(pk=hold_id)
    if hold.lifted_at is not None:
        raise HoldLifted(action=action, subject_type="hold", subject_id=hold_id)
    if hold.request_id is not None:
        raise HoldOfRequest(action=action, subject_type="hold", subject_id=hold_id)
    return hold


def _cover(actor: User, hold: Hold, patient_ids: Sequence[int], now: datetime) -> None:
    HoldPatient.objects.bulk_create(
        HoldPatient(hold=hold, patient_id=patient_id, placed_at=now, placed_by=actor)
        for patient_id in sorted(set(patient_ids))
    )


def _lift(actor: User, hold: Hold, reason: str) -> None:
    now = timezone.now()
    covered = _covered(hold.pk)
    HoldPatient.objects.filter(hold=hold, lifted_at=None).update(lifted_at=now, lifted_by=actor)
    hold.lifted_at, hold.lifted_by, hold.lift_reason = now, actor, reason
    hold.save(update_fields=["lifted_at", "lifted_by", "lift_reason"])
    _record(Action.HOLD_LIFTED, actor, hold, covered)


def _record(action: Action, actor: User, hold: Hold, patient_ids: Sequence[int]) -> None:
    events.record(
        action=action,
        actor=actor,
        patient_id=patient_ids[0] if len(patient_ids) == 1 else None,
        subject_type="hold",
        subject_id=hold.pk,
        purpose=Purpose.RETENTION,
        detail={"kind": str(hold.kind), "patients": len(patient_ids)},
        patients=patient_ids if len(patient_ids) > 1 else (),
    )
