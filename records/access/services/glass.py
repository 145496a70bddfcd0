"""Emergency access: broken with a reason, for a time, closed, and reviewed every time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone

from accounts.models import User
from accounts.selectors.users import get_system_user
from audit import context
from audit.enums import Action, Basis, Purpose
from audit.errors import Refused
from audit.services import events
from audit.writes import attributed, attributing
from records.access.enums import ChartStatus, ReviewOutcome
from records.access.errors import (
    ChartDestroyed,
    ChartRefused,
    ChartUnknown,
    GlassAlreadyReviewed,
    GlassNotNeeded,
    GlassReviewOverdue,
    GlassStillOpen,
    OwnGlassReview,
)
from records.access.models import BrokenGlass, GlassNotice
from records.access.permissions import BREAK_GLASS
from records.access.selectors import told
from records.access.services import opening


@attributed
def break_glass(*, actor: User, patient_id: int, reason: str) -> BrokenGlass:
    """Open a chart in an emergency, for a set number of minutes.

    The caller has made the person prove who they are again just before. Supervisors of the
    chart's units and compliance are told by the commit: a notice for each of them, and a line in
    their work.

    Raises:
        ChartUnknown, ChartDestroyed, ChartRefused, GlassNotNeeded, GlassReviewOverdue: as
            `check_break`.
    """
    _lock_person(actor)
    check_break(actor=actor, patient_id=patient_id)
    now = timezone.now()
    for old in BrokenGlass.objects.filter(user=actor, chart_id=patient_id, closed_at__isnull=True):
        _close(old, now)
    glass = BrokenGlass.objects.create(
        chart_id=patient_id,
        user=actor,
        reason=reason,
        started_at=now,
        ends_at=now + timedelta(minutes=settings.BREAK_GLASS_MINUTES),
    )
    _tell(actor, glass)
    return glass


def check_break(*, actor: User, patient_id: int) -> None:
    """Refuse a break of the glass that is not possible or not needed.

    Raises:
        ChartUnknown: no such chart, or the person may not know of it.
        ChartDestroyed: there is nothing left to open.
        ChartRefused: the person's role may not break the glass.
        GlassNotNeeded: there is a ground already.
        GlassReviewOverdue: an earlier use waits for its review past the limit.
    """
    ground = opening.find_ground(actor=actor, patient_id=patient_id)
    if ground.basis is not None:
        raise GlassNotNeeded(patient_id=patient_id, action=Action.GLASS_BROKEN)
    if not ground.is_listed:
        raise ChartUnknown(patient_id=patient_id, action=Action.GLASS_BROKEN)
    if ground.status == ChartStatus.DESTROYED:
        raise ChartDestroyed(patient_id=patient_id, action=Action.GLASS_BROKEN)
    if not actor.has_perm(BREAK_GLASS):
        raise ChartRefused(patient_id=patient_id, action=Action.GLASS_BROKEN)
    limit = timezone.now() - timedelta(hours=settings.BREAK_GLASS_REVIEW_HOURS)
    waiting = BrokenGlass.objects.filter(user=actor, reviewed_at__isnull=True, started_at__lt=limit)
    if waiting.exists():
        raise GlassReviewOverdue(patient_id=patient_id, action=Action.GLASS_BROKEN)


@attributed
def close(*, actor: User, glass_id: int) -> BrokenGlass:
    """End one's own emergency access before its time.

    Raises:
        BrokenGlass.DoesNotExist: not the actor's.
    """
    glass = BrokenGlass.objects.select_for_update().get(pk=glass_id, user=actor)
    if glass.closed_at is None:
        _close(glass, timezone.now())
    return glass


def close_expired() -> int:
    """Close every emergency access past its end and write the closing events; return how many.

    The system closes on behalf of whoever broke the glass; two clocks at once close each once.
    """
    now = timezone.now()
    expired = BrokenGlass.objects.filter(closed_at__isnull=True, ends_at__lte=now)
    rows = list(expired.select_related("user").order_by("pk"))
    system = get_system_user()
    return sum(_close_expired(system, row, now) for row in rows)


def note_seen(*, actor: User, glass_ids: Iterable[int]) -> int:
    """Note that `actor` has looked at what they were told of; return how many were new."""
    rows = GlassNotice.objects.filter(user=actor, glass_id__in=list(glass_ids), seen_at=None)
    if not rows.exists():
        return 0
    with attributing(actor):
        return rows.update(seen_at=timezone.now())


@attributed
def review(*, actor: User, glass_id: int, outcome: ReviewOutcome, note: str) -> BrokenGlass:
    """Judge an emergency access after the fact.

    Raises:
        BrokenGlass.DoesNotExist: there is none with this number.
        OwnGlassReview: the actor broke this glass.
        GlassStillOpen: it is not over, so what was looked at is not known yet.
        GlassAlreadyReviewed: somebody was faster.
    """
    glass = BrokenGlass.objects.select_for_update().get(pk=glass_id)
    now = timezone.now()
    _check_review(actor, glass, now)
    glass.reviewed_at, glass.reviewed_by = now, actor
    glass.review_outcome, glass.review_note = outcome, note
    glass.save(update_fields=["reviewed_at", "reviewed_by", "review_outcome", "review_note"])
    events.record(
        action=Action.GLASS_REVIEWED,
        actor=actor,
        patient_id=glass.chart_id,
        subject_type="glass",
        subject_id=glass.pk,
        detail={"outcome": str(outcome)},
    )
    return glass


def _check_review(actor: User, glass: BrokenGlass, now: datetime) -> None:
    refused: type[Refused] | None = None
    if glass.user_id == actor.pk:
        refused = OwnGlassReview
    elif glass.reviewed_at is not None:
        refused = GlassAlreadyReviewed
    elif glass.is_open_at(now):
        refused = GlassStillOpen
    if refused:
        raise refused(
            patient_id=glass.chart_id,
            action=Action.GLASS_REVIEWED,
            subject_type="glass",
            subject_id=glass.pk,
        )


def _tell(actor: User, glass: BrokenGlass) -> None:
    people = told.find_told(actor=actor, chart_id=glass.chart_id).people
    for user in people:
        GlassNotice.objects.create(glass=glass, user=user, told_at=glass.started_at)
    _record(Action.GLASS_BROKEN, glass, told=[user.pk for user in people])


def _lock_person(actor: User) -> None:
    # One emergency access of a person at a time is decided on: a form sent twice opens one, and
    # an unreviewed one cannot be overtaken.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('access.glass'), %s)", [actor.pk])


def _close_expired(system: User, row: BrokenGlass, now: datetime) -> int:
    with context.acting_as(system, on_behalf_of=row.user), attributing(system):
        rows = BrokenGlass.objects.select_for_update(skip_locked=True)
        glass = rows.filter(pk=row.pk, closed_at__isnull=True).first()
        if glass is None:
            return 0
        _close(glass, now)
    return 1


def _close(glass: BrokenGlass, now: datetime) -> None:
    glass.closed_at = now
    glass.save(update_fields=["closed_at"])
    _record(Action.GLASS_CLOSED, glass)


def _record(action: Action, glass: BrokenGlass, **detail: list[int]) -> None:
    events.record(
        action=action,
        patient_id=glass.chart_id,
        purpose=Purpose.EMERGENCY,
        basis=Basis.BROKEN_GLASS,
        subject_type="glass",
        subject_id=glass.pk,
        detail=detail,
    )
