"""Access requests: asked for by who has no ground, withdrawn by them, lapsed by the clock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import User
from accounts.selectors.users import get_system_user
from audit import context
from audit.enums import Action, Basis, Purpose
from audit.services import events
from audit.writes import attributed, attributing
from records.access.enums import AccessRequestStatus, ChartStatus
from records.access.errors import (
    AccessNotNeeded,
    AccessRequestUnknown,
    ChartDestroyed,
    ChartUnknown,
)
from records.access.models import AccessRequest, AccessRequestStatusChange, Chart
from records.access.permissions import OPEN_CHART
from records.access.rules import transitions
from records.access.selectors import access_requests as selectors
from records.access.services import opening

SUBJECT = "access_request"


@dataclass(frozen=True)
class Wanted:
    """What is asked for: for which task, why, and until when."""

    purpose: Purpose
    reason: str
    expires_at: datetime


@attributed
def ask(*, actor: User, patient_id: int, wanted: Wanted) -> AccessRequest:
    """Ask those who may give rights on a chart for access to it.

    Asked twice, the one that waits is returned as it stands. The chart is locked first: of a form
    sent twice the second one finds the first, and the unit is the one that keeps the chart.

    Raises:
        ChartUnknown, ChartDestroyed, AccessNotNeeded: as `check_ask`.
    """
    chart = _lock_chart(patient_id)
    check_ask(actor=actor, patient_id=patient_id)
    undecided = AccessRequest.objects.filter(
        asked_by=actor, chart_id=patient_id, status=AccessRequestStatus.ASKED
    )
    waiting = undecided.filter(expires_at__gt=Now()).first()
    if waiting is not None:
        return waiting
    for over in undecided:  # the clock has not come round yet
        move(actor, over, AccessRequestStatus.LAPSED)
    row = AccessRequest.objects.create(
        chart_id=patient_id,
        unit_id=chart.unit_id,
        asked_by=actor,
        purpose=wanted.purpose,
        reason=wanted.reason,
        expires_at=wanted.expires_at,
        asked_at=timezone.now(),
    )
    _note(actor, row, "", AccessRequestStatus.ASKED)
    _record(row, Action.ACCESS_ASKED, basis=Basis.DIRECTORY)
    return row


def check_ask(*, actor: User, patient_id: int) -> None:
    """Check that the person may ask for access to a chart, and needs to.

    Whoever is in the chart by an emergency access may: that is for reading, and ends within the
    hour.

    Raises:
        ChartUnknown: no such chart, or the person may not know of it.
        ChartDestroyed: there is nothing left to open.
        AccessNotNeeded: there is a ground already.
    """
    facts: dict[str, Any] = {"patient_id": patient_id, "action": Action.ACCESS_ASKED}
    ground = opening.find_ground(actor=actor, patient_id=patient_id)
    if not (ground.is_listed or ground.basis) or not actor.has_perm(OPEN_CHART):
        raise ChartUnknown(**facts)
    if ground.status == ChartStatus.DESTROYED:
        raise ChartDestroyed(**facts)
    if ground.basis not in (None, Basis.BROKEN_GLASS):
        raise AccessNotNeeded(**facts)


@attributed
def withdraw(*, actor: User, access_request_id: int) -> AccessRequest:
    """Take one's own access request back; withdrawn twice, it is withdrawn once.

    Raises:
        AccessRequestUnknown: there is none of the actor's with this number.
        AccessRequestClosed: it was decided or has lapsed meanwhile.
    """
    rows = AccessRequest.objects.select_for_update(of=("self",))
    row = rows.filter(pk=access_request_id, asked_by=actor).first()
    action = Action.ACCESS_WITHDRAWN
    if row is None:
        raise AccessRequestUnknown(
            action=action, subject_type=SUBJECT, subject_id=access_request_id
        )
    if row.status != AccessRequestStatus.WITHDRAWN:
        move(actor, row, AccessRequestStatus.WITHDRAWN)
    return row


def lapse_over() -> int:
    """Let every undecided access request lapse whose time is over; return how many.

    The system does so on behalf of whoever asked; two clocks at once let each lapse once.
    """
    over = AccessRequest.objects.filter(status=AccessRequestStatus.ASKED, expires_at__lte=Now())
    rows = list(over.select_related("asked_by").order_by("pk"))
    system = get_system_user()
    return sum(_lapse_over(system, row) for row in rows)


def lapse_of_chart(*, actor: User, chart_id: int) -> None:
    """Let what is undecided on a chart lapse, for it was destroyed."""
    rows = AccessRequest.objects.select_for_update().order_by("pk")
    for row in rows.filter(chart_id=chart_id, status=AccessRequestStatus.ASKED):
        move(actor, row, AccessRequestStatus.LAPSED)


def follow_chart(chart_id: int, unit_id: int) -> None:
    """Let every access request carry the unit that keeps its chart now."""
    AccessRequest.objects.filter(chart_id=chart_id).update(unit_id=unit_id)


def note_seen(*, actor: User, access_request_ids: Iterable[int]) -> int:
    """Note that `actor` has looked at how what they asked for ended; return how many were new."""
    rows = AccessRequest.objects.filter(
        asked_by=actor,
        pk__in=list(access_request_ids),
        status__in=selectors.TOLD,
        seen_at__isnull=True,
    )
    if not rows.exists():
        return 0
    with attributing(actor):
        return rows.update(seen_at=timezone.now())


def lock(access_request_id: int) -> AccessRequest:
    """Return an access request, locked: of two who decide the second one sees what the first did.

    Raises:
        AccessRequestUnknown: there is none.
    """
    known = AccessRequest.objects.filter(pk=access_request_id).values_list("chart_id", flat=True)
    chart_id = known.first()
    if chart_id is None:
        raise AccessRequestUnknown(subject_type=SUBJECT, subject_id=access_request_id)
    _lock_chart(chart_id)
    rows = AccessRequest.objects.select_related("asked_by")
    return rows.select_for_update(of=("self",)).get(pk=access_request_id)


def move(actor: User, row: AccessRequest, target: AccessRequestStatus, **changes: Any) -> None:
    """Write a step's row of history, then the new status, then its event.

    The history comes first because the database wants the step before its status.

    Raises:
        AccessRequestClosed: there is no such step.
    """
    step = transitions.find_move(row.status, target, **facts_of(row))
    _note(actor, row, row.status, target, changes.get("comment", ""))
    for name, value in {"status": target, **changes}.items():
        setattr(row, name, value)
    row.save(update_fields=["status", *changes])
    _record(row, step.action, Basis.SYSTEM if target == AccessRequestStatus.LAPSED else "")


def facts_of(row: AccessRequest) -> dict[str, Any]:
    """Return what a refusal says it is about."""
    return {"subject_type": SUBJECT, "subject_id": row.pk, "patient_id": row.chart_id}


def _lock_chart(chart_id: int) -> Chart:
    # A move or destruction that is under way is waited for; whoever asks or decides at the same
    # time waits here. Always before rows of this table, as the move does: no two wait in a ring.
    chart = Chart.objects.select_for_update(no_key=True).filter(pk=chart_id).first()
    if chart is None:
        raise ChartUnknown(patient_id=chart_id, action=Action.ACCESS_ASKED)
    return chart


def _note(actor: User, row: AccessRequest, before: str, after: str, reason: str = "") -> None:
    AccessRequestStatusChange.objects.create(
        access_request=row,
        from_status=before,
        to_status=after,
        reason=reason,
        changed_at=timezone.now(),
        changed_by=actor,
    )


def _lapse_over(system: User, row: AccessRequest) -> int:
    with context.acting_as(system, on_behalf_of=row.asked_by), attributing(system):
        rows = AccessRequest.objects.select_for_update(skip_locked=True)
        waiting = rows.filter(pk=row.pk, status=AccessRequestStatus.ASKED).first()
        if waiting is None:
            return 0
        move(system, waiting, AccessRequestStatus.LAPSED)
    return 1


def _record(row: AccessRequest, action: Action, basis: str = "") -> None:
    events.record(
        action=action,
        patient_id=row.chart_id,
        purpose=row.purpose,
        basis=basis,
        subject_type=SUBJECT,
        subject_id=row.pk,
        detail={"asked_by": row.asked_by_id},
    )
