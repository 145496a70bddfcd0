"""Access requests as those who decide, and those who asked, read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.selectors import users
from records.access.enums import AccessRequestStatus
from records.access.models import AccessRequest, ChartUnit, ChartUserPermission
from records.access.permissions import GRANT_CHART
from records.access.rules import wording
from records.access.selectors import openers, rights, scopes

NAMES_SHOWN = 3
# What is told to who asked; what they withdrew they know.
TOLD = (AccessRequestStatus.GRANTED, AccessRequestStatus.DECLINED, AccessRequestStatus.LAPSED)


@dataclass(frozen=True)
class Asked:
    """The newest access request of one person to one chart that they cannot open."""

    request: AccessRequest
    deciders: Sequence[User] = ()

    @property
    def is_waiting(self) -> bool:
        """Whether somebody still decides on it; else it was declined."""
        return self.request.status == AccessRequestStatus.ASKED

    @property
    def waits_for(self) -> str:
        """Who can decide, by name; empty where nobody can."""
        names = [user.display_name for user in self.deciders]
        return wording.listed(names, "or", most=NAMES_SHOWN)


def list_waiting_for(user: User) -> QuerySet[AccessRequest]:
    """Return the access requests that `user` may decide, oldest first; never their own.

    Those on charts that they may open, which are those on which they may give rights. Whoever holds
    more single grants than lists count sees those of the charts of their units. One query beside
    the caller's.
    """
    scope = scopes.list_scope(user)
    if scope.single_ids is None:
        singles = Q(chart__in=ChartUnit.objects.filter(unit__in=scope.unit_ids).values("chart_id"))
    else:
        singles = Q(chart__in=scope.single_ids)
    rows = AccessRequest.objects.filter(
        Q(unit__in=scope.unit_ids) | singles,
        status=AccessRequestStatus.ASKED,
        expires_at__gt=timezone.now(),
    )
    return rows.exclude(asked_by=user).select_related("asked_by").order_by("asked_at", "pk")


def list_own(user: User) -> QuerySet[AccessRequest]:
    """Return what `user` asked for, newest first, of charts that they may still know of.

    A chart may have gone to an unlisted unit meanwhile; then even its name is not theirs to see,
    unless they hold a right on it.
    """
    held = ChartUserPermission.objects.filter(
        Q(expires_at__isnull=True) | Q(expires_at__gt=timezone.now()),
        user=OuterRef("asked_by"),
        content_object=OuterRef("chart"),
    )
    known = Q(unit__in=rights.get_unit_rights(user).directory_units) | Q(Exists(held))
    rows = AccessRequest.objects.filter(known, asked_by=user)
    return rows.select_related("decided_by").order_by("-pk")


def list_unseen(user: User) -> QuerySet[AccessRequest]:
    """Return how what `user` asked for ended, where they have not looked yet, newest first."""
    return list_own(user).filter(status__in=TOLD, seen_at__isnull=True)


def list_pending(user: User) -> QuerySet[AccessRequest]:
    """Return what `user` asked for and waits for, and what has ended and was not looked at."""
    waiting = Q(status=AccessRequestStatus.ASKED)
    return list_own(user).filter(waiting | Q(status__in=TOLD, seen_at__isnull=True))


def get_open(*, user: User, chart_id: int) -> AccessRequest | None:
    """Return the person's undecided access request to a chart, unless its time is over."""
    rows = AccessRequest.objects.filter(
        asked_by=user, chart_id=chart_id, expires_at__gt=timezone.now()
    )
    return rows.filter(status=AccessRequestStatus.ASKED).first()


def find_asked(*, user: User, chart_id: int) -> Asked | None:
    """Return what `user` asked for last on a chart, where it waits or was declined.

    For the page that refuses the chart: whoever may know of the chart may know of this. One query,
    and one more for who decides.
    """
    rows = AccessRequest.objects.filter(asked_by=user, chart_id=chart_id)
    row = rows.select_related("decided_by").order_by("-pk").first()
    if row is None:
        return None
    if row.status == AccessRequestStatus.DECLINED:
        return Asked(row)
    if row.status != AccessRequestStatus.ASKED or row.expires_at <= timezone.now():
        return None
    return Asked(row, list_deciders(actor=user, chart_id=chart_id))


def get_full(access_request_id: int) -> AccessRequest | None:
    """Return an access request with its people, None where there is none."""
    rows = AccessRequest.objects.select_related("asked_by", "decided_by", "unit")
    return rows.filter(pk=access_request_id).first()


def list_deciders(*, actor: User, chart_id: int) -> list[User]:
    """Return who may decide on an access request of `actor` to a chart, by name: one query."""
    people = users.list_carriers(GRANT_CHART).exclude(pk=actor.pk)
    return list(openers.among(people, chart_id=chart_id, classes=frozenset()))


def label(ids: Sequence[str]) -> dict[str, str]:
    """Return what the access log calls access requests, by their ids as text."""
    rows = AccessRequest.objects.filter(pk__in=[int(value) for value in ids if value.isdecimal()])
    names = rows.values_list("pk", "asked_by__display_name")
    return {str(key): f"access request of {name}" for key, name in names}
