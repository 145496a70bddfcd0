"""One-time links: made with a passcode, looked up by their token, recalled."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from accounts.models import User
from audit.enums import Action
from audit.writes import attributed
from requests_release.access import about
from requests_release.enums import DeliveryMethod
from requests_release.errors import (
    LinkClosed,
    LinkExpired,
    LinkMade,
    LinkUnknown,
    LinkUsed,
    NotReady,
    RequestChanged,
)
from requests_release.models import Delivery, Request
from requests_release.models.deliveries import MOST_TRIES
from requests_release.services import deliveries, moving, packages, passcodes

LONGEST_DAYS = 30


@dataclass(frozen=True)
class NewLink:
    """A link as the clerk sees it, once: token and passcode are kept nowhere."""

    delivery: Delivery
    token: str
    passcode: str


@attributed
def _make_link(
    *,
    actor: User,
    request_id: int,
    version: int,
    days: int,
    form_key: UUID | None,
    is_in_place: bool,
) -> NewLink:
    request = moving.lock(request_id=request_id)
    _refuse_sent_before(request, actor, form_key)
    moving.check_version(request, version)
    if is_in_place:
        _end_open(actor, request)
    package = deliveries.check_deliverable(actor, request)
    if not 1 <= days <= LONGEST_DAYS:
        raise NotReady(
            f"A link lasts from 1 to {LONGEST_DAYS} days.",
            action=Action.PACKAGE_DELIVERED,
            **about(request),
        )
    token, passcode = secrets.token_urlsafe(32), passcodes.make()
    moving.save(request)
    delivery = Delivery.objects.create(
        request=request,
        package=package,
        method=DeliveryMethod.PORTAL,
        token_hash=hash_of(token),
        passcode_hash=make_password(passcode),
        expires_at=timezone.now() + timedelta(days=days),
        form_key=form_key,
        created_by=actor,
    )
    deliveries.record(Action.PACKAGE_LINK_MADE, request, delivery)
    return NewLink(delivery, token, passcode)


def _refuse_sent_before(request: Request, actor: User, form_key: UUID | None) -> None:
    """Refuse a form that has made its link: the passcode is not known any more, here either."""
    made = Delivery.objects.filter(form_key=form_key).first() if form_key else None
    if made is None:
        return
    is_own = (made.request_id, made.created_by_id) == (request.pk, actor.pk)
    refused = LinkMade if is_own else RequestChanged
    raise refused(action=Action.PACKAGE_DELIVERED, **about(request))


def _end_open(actor: User, request: Request) -> None:
    """End the open link, if there is one, to make room for another."""
    deliveries.check_person(actor, request)
    delivery = deliveries.open_link_of(request)
    if delivery is not None:
        deliveries.close(delivery)
        deliveries.record(Action.PACKAGE_RECALLED, request, delivery)


def make_link(
    *,
    actor: User,
    request_id: int,
    version: int,
    days: int,
    form_key: UUID | None = None,
    is_in_place: bool = False,
) -> NewLink:
    """Make a one-time link with a passcode that is shown once.

    With `is_in_place` it takes the place of the one that is open, which ends. A form carries its
    `form_key`, so that one sent twice makes one link.

    Raises:
        LinkMade: the form has made its link already.
        RequestChanged: the form is stale.
        PackageNotReady: there is no finished package.
        DocumentNotFit: the approval no longer stands; it was made void.
        LinkStillOpen: a link is open already.
        NotReady: the number of days is out of range.
        StepNotYours, ChartRefused, ChartUnknown: not for this person.
    """
    packages.check_unchanged(request_id=request_id)
    return _make_link(
        actor=actor,
        request_id=request_id,
        version=version,
        days=days,
        form_key=form_key,
        is_in_place=is_in_place,
    )


@attributed
def recall_link(*, actor: User, request_id: int, version: int) -> Request:
    """Close the open link of a request.

    Raises:
        RequestChanged: the form is stale.
        LinkClosed: there is no open link.
        StepNotYours, ChartRefused, ChartUnknown: not for this person.
    """
    request = moving.lock(request_id=request_id, version=version)
    deliveries.check_person(actor, request)
    delivery = deliveries.open_link_of(request)
    if delivery is None:
        raise LinkClosed(
            "There is no open link.", status=409, action=Action.PACKAGE_RECALLED, **about(request)
        )
    deliveries.close(delivery)
    moving.save(request)
    deliveries.record(Action.PACKAGE_RECALLED, request, delivery)
    return request


def get_link(*, token: str) -> Delivery:
    """Return the link of a token, whether it is open or has ended.

    Raises:
        LinkUnknown: no such link.
    """
    delivery = (
        Delivery.objects.select_related("request", "package")
        .filter(token_hash=hash_of(token))
        .first()
    )
    if delivery is None:
        raise LinkUnknown(action=Action.PACKAGE_DOWNLOADED, subject_type="delivery")
    return delivery


def find_link(*, token: str) -> Delivery:
    """Return the open link of a token.

    Raises:
        LinkUnknown: no such link.
        LinkUsed, LinkClosed, LinkExpired: it has ended, and how.
    """
    delivery = get_link(token=token)
    check_open(delivery)
    return delivery


def check_open(delivery: Delivery) -> None:
    """Check that a link can still be used.

    Raises:
        LinkUsed, LinkClosed, LinkExpired: it has ended, and how.
    """
    facts = about_link(delivery)
    if delivery.used_at is not None:
        raise LinkUsed(**facts)
    if delivery.closed_at is not None or delivery.failed_attempts >= MOST_TRIES:
        raise LinkClosed(**facts)
    if delivery.expires_at is None or delivery.expires_at <= timezone.now():
        raise LinkExpired(**facts)


def hash_of(token: str) -> str:
    """Return the hash under which a token is kept."""
    return hashlib.sha256(token.encode()).hexdigest()


def about_link(delivery: Delivery) -> dict[str, Any]:
    """Return what a refusal's event says it was about."""
    return {
        "action": Action.PACKAGE_DOWNLOADED,
        "patient_id": delivery.request.patient_id,
        "subject_type": "delivery",
        "subject_id": delivery.pk,
    }
