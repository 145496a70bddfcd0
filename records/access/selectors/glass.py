"""Emergency access as compliance and the person read it."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.models import User
from records.access.models import BrokenGlass


def list_unreviewed() -> QuerySet[BrokenGlass]:
    """Return emergency access that waits for review, oldest first."""
    return (
        BrokenGlass.objects.filter(reviewed_at__isnull=True)
        .select_related("user", "chart__unit")
        .order_by("started_at", "pk")
    )


def list_reviewed() -> QuerySet[BrokenGlass]:
    """Return reviewed emergency access, newest first."""
    return (
        BrokenGlass.objects.filter(reviewed_at__isnull=False)
        .select_related("user", "reviewed_by", "chart__unit")
        .order_by("-reviewed_at", "-pk")
    )


def get_open(*, user: User, chart_id: int) -> BrokenGlass | None:
    """Return the person's open emergency access to a chart."""
    return BrokenGlass.objects.filter(user=user, chart_id=chart_id, closed_at__isnull=True).first()
