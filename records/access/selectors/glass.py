"""Emergency access as compliance, supervisors and the person read it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.db.models import Q, QuerySet
from django.urls import reverse

from accounts.models import User
from audit.selectors import events
from audit.selectors.events import Criteria, EventRow, Key
from records.access.models import BrokenGlass, ChartUnit
from records.access.permissions import REVIEW_BROKEN_GLASS
from records.access.selectors import rights

# The trail's clock is the database's; the row's times are those of the web's machine.
SKEW = timedelta(seconds=5)


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


def seen_by(user: User, rows: QuerySet[BrokenGlass]) -> QuerySet[BrokenGlass]:
    """Return those of `rows` that concern `user`, never their own.

    Compliance is told of all; a supervisor of those to charts of the units whose charts they open.
    """
    others = rows.exclude(user=user)
    if user.has_perm(REVIEW_BROKEN_GLASS):
        return others
    units = rights.get_unit_rights(user).open_units
    shared = ChartUnit.objects.filter(unit__in=units).values("chart_id")
    return others.filter(Q(chart__unit__in=units) | Q(chart__in=shared))


def get_open(*, user: User, chart_id: int) -> BrokenGlass | None:
    """Return the person's open emergency access to a chart."""
    return BrokenGlass.objects.filter(user=user, chart_id=chart_id, closed_at__isnull=True).first()


def list_done(row: BrokenGlass, *, most: int) -> list[EventRow]:
    """Return what the person did with the patient's records in the time of an emergency access.

    The first `most` acts, oldest first, by whatever ground.
    """
    wanted = Criteria(
        person_id=row.user_id,
        patient_id=row.chart_id,
        since=row.started_at - SKEW,
        until=(row.closed_at or row.ends_at) + SKEW,
    )
    first = events.list_events(wanted, most=most, before=Key(row.started_at - SKEW, 0))
    return first.events[::-1]


def label(ids: Sequence[str]) -> dict[str, str]:
    """Return what the access log calls emergency accesses, by their ids as text."""
    rows = BrokenGlass.objects.filter(pk__in=[int(value) for value in ids if value.isdecimal()])
    names = rows.values_list("pk", "user__display_name")
    return {str(glass_id): f"emergency access of {name}" for glass_id, name in names}


def url(glass_id: str) -> str:
    """Return the page on which an emergency access is reviewed."""
    return reverse("access:glass_review", args=[int(glass_id)])
