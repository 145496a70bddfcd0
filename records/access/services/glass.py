"""Emergency access: broken with a reason, for a time, closed, and reviewed every time."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from audit.enums import Action, Basis, Purpose
from audit.services import events
from audit.writes import attributed, attributing
from records.access.enums import ReviewOutcome
from records.access.errors import (
    ChartRefused,
    ChartUnknown,
    GlassAlreadyReviewed,
    GlassNotNeeded,
    GlassReviewOverdue,
    OwnGlassReview,
)
from records.access.models import BrokenGlass
from records.access.permissions import BREAK_GLASS
from records.access.services import opening


@attributed
def break_glass(*, actor: User, patient_id: int, reason: str) -> BrokenGlass:
    """Open a chart in an emergency, for a set number of minutes.

    The caller has made the person prove who they are again just before.

    Raises:
        ChartUnknown: no such chart, or the person may not know of it.
        ChartRefused: the person's role may not break the glass.
        GlassNotNeeded: there is a ground already.
        GlassReviewOverdue: an earlier use waits for its review past the limit.
    """
    ground = opening.find_ground(actor=actor, patient_id=patient_id)
    if ground.basis is not None:
        raise GlassNotNeeded(patient_id=patient_id)
    if not ground.is_listed:
        raise ChartUnknown(patient_id=patient_id)
    if not actor.has_perm(BREAK_GLASS):
        raise ChartRefused(patient_id=patient_id, action=Action.GLASS_BROKEN)
    now = timezone.now()
    _check_reviews(actor, patient_id)
    for old in BrokenGlass.objects.filter(user=actor, chart_id=patient_id, closed_at__isnull=True):
        _close(actor, old)
    glass = BrokenGlass.objects.create(
        chart_id=patient_id,
        user=actor,
        reason=reason,
        started_at=now,
        ends_at=now + timedelta(minutes=settings.BREAK_GLASS_MINUTES),
    )
    _record(Action.GLASS_BROKEN, actor, glass)
    return glass


@attributed
def close(*, actor: User, glass_id: int) -> BrokenGlass:
    """End one's own emergency access before its time.

    Raises:
        BrokenGlass.DoesNotExist: not the actor's.
    """
    glass = BrokenGlass.objects.select_for_update().get(pk=glass_id, user=actor)
    if glass.closed_at is None:
        _close(actor, glass)
    return glass


def close_expired() -> int:
    """Close every emergency access past its end and write the closing events; how many."""
    now = timezone.now()
    expired = BrokenGlass.objects.filter(closed_at__isnull=True, ends_at__lte=now)
    count = 0
    for glass_id in list(expired.values_list("pk", flat=True)):
        count += _close_one_expired(glass_id)
    return count


def _close_one_expired(glass_id: int) -> int:
    owner = User.objects.get(
        pk=BrokenGlass.objects.values_list("user_id", flat=True).get(pk=glass_id)
    )
    with attributing(owner):
        glass = (
            BrokenGlass.objects.select_for_update(skip_locked=True)
            .filter(pk=glass_id, closed_at__isnull=True)
            .first()
        )
        if glass is None:
            return 0
        _close(owner, glass)
    return 1


@attributed
def review(*, actor: User, glass_id: int, outcome: ReviewOutcome, note: str) -> BrokenGlass:
    """Judge an emergency access after the fact.

    Raises:
        OwnGlassReview: the actor broke this glass.
        GlassAlreadyReviewed: somebody was faster.
    """
    glass = BrokenGlass.objects.select_for_update().get(pk=glass_id)
    if glass.user_id == actor.pk:
        raise OwnGlassReview(patient_id=glass.chart_id, subject_type="glass", subject_id=glass.pk)
    if glass.reviewed_at is not None:
        raise GlassAlreadyReviewed(
            patient_id=glass.chart_id, subject_type="glass", subject_id=glass.pk
        )
    glass.reviewed_at, glass.reviewed_by = timezone.now(), actor
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


def _check_reviews(actor: User, patient_id: int) -> None:
    limit = timezone.now() - timedelta(hours=settings.BREAK_GLASS_REVIEW_HOURS)
    waiting = BrokenGlass.objects.filter(user=actor, reviewed_at__isnull=True, started_at__lt=limit)
    if waiting.exists():
        raise GlassReviewOverdue(patient_id=patient_id, action=Action.GLASS_BROKEN)


def _close(actor: User, glass: BrokenGlass) -> None:
    glass.closed_at = timezone.now()
    glass.save(update_fields=["closed_at"])
    _record(Action.GLASS_CLOSED, actor, glass)


def _record(action: Action, actor: User, glass: BrokenGlass) -> None:
    events.record(
        action=action,
        actor=actor,
        patient_id=glass.chart_id,
        purpose=Purpose.EMERGENCY,
        basis=Basis.BROKEN_GLASS,
        subject_type="glass",
        subject_id=glass.pk,
    )
