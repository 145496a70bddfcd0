"""One-time links: made with a passcode, tried, closed after five wrong ones, used once."""

from __future__ import annotations

import hashlib
import secrets
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.utils import timezone

from accounts.models import User
from accounts.selectors.users import get_system_user
from audit.context import Origin, acting, acting_as, current, recipient_origin
from audit.enums import Action, Basis, Outcome
from audit.services import events
from audit.writes import attributed, attributing
from requests_release.access import about
from requests_release.enums import DeliveryMethod, RequestStatus
from requests_release.errors import (
    LinkClosed,
    LinkExpired,
    LinkMade,
    LinkUnknown,
    LinkUsed,
    NotReady,
    PasscodeWrong,
    RequestChanged,
)
from requests_release.models import Delivery, Request
from requests_release.models.deliveries import MOST_TRIES
from requests_release.services import deliveries, moving, packages

S = RequestStatus
# No letters or digits that are mistaken for each other when read aloud.
PASSCODE_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
PASSCODE_LENGTH = 10
LONGEST_DAYS = 30


@dataclass(frozen=True)
class NewLink:
    """A link as the clerk sees it, once: token and passcode are kept nowhere."""

    delivery: Delivery
    token: str
    passcode: str


@dataclass(frozen=True)
class Download:
    """The file that a link gave, with the name under which it is saved."""

    delivery: Delivery
    content: bytes
    file_name: str


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
    token, passcode = secrets.token_urlsafe(32), new_passcode()
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
    deliveries.record(Action.PACKAGE_CHECKED, request, delivery)
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


def download(*, token: str, passcode: str) -> Download:
    """Give the file to whoever has link and passcode, once.

    The file is read and verified first, then delivery, disclosure, the request's step and the
    events are committed together; only then does the caller send the bytes. If the store fails,
    the link stays good.

    Raises:
        LinkUnknown, LinkUsed, LinkClosed, LinkExpired: see `find_link`.
        PasscodeWrong: counted and recorded already; the fifth closes the link.
        DocumentNotFit: the approval no longer stands; it was made void.
        VaultError: the file cannot be read.
    """
    delivery = find_link(token=token)
    system = get_system_user()
    with acting_as(system, on_behalf_of=delivery.created_by_id):
        left = _try(delivery.pk, delivery.request_id, passcode, system)
        if left is not None:
            raise PasscodeWrong(left=left)
        packages.check_unchanged(request_id=delivery.request_id)
        content = packages.read(delivery.package)
        delivery = _fulfil(delivery.pk, delivery.request_id, system)
    return Download(delivery, content, f"{delivery.request.number}.pdf")


def _try(delivery_id: int, request_id: int, passcode: str, system: User) -> int | None:
    """Compare the passcode under the link's lock; a wrong one is counted and recorded for good.

    The lock makes tries at the same moment wait for each other, so that five are five.
    Return None when it is right, else how many tries are left.
    """
    with attributing(system), as_recipient():
        request = moving.lock(request_id=request_id)
        delivery = Delivery.objects.select_for_update().get(pk=delivery_id)
        check_open(delivery)
        if check_password(normalised(passcode), delivery.passcode_hash):
            return None
        delivery.failed_attempts += 1
        left = MOST_TRIES - delivery.failed_attempts
        delivery.save(update_fields=["failed_attempts"])
        if not left:
            deliveries.close(delivery)
        record_wrong(request, delivery, left)
    return left


def record_wrong(request: Request, delivery: Delivery, left: int) -> None:
    """Write the event of a wrong passcode, after which `left` tries remain."""
    events.record(
        action=Action.PACKAGE_DOWNLOADED,
        outcome=Outcome.REFUSED,
        patient_id=request.patient_id,
        subject_type="delivery",
        subject_id=delivery.pk,
        basis=Basis.NONE,
        detail={"reason": "PASSCODE_WRONG", "left": left, "closed": not left},
    )


def _fulfil(delivery_id: int, request_id: int, system: User) -> Delivery:
    with attributing(system), as_recipient():
        request = moving.lock(request_id=request_id)
        delivery = (
            Delivery.objects.select_for_update(of=("self",))
            .select_related("package", "created_by")
            .get(pk=delivery_id)
        )
        delivery.request = request
        check_open(delivery)
        now = timezone.now()
        delivery.used_at = now
        delivery.save(update_fields=["used_at"])
        deliveries.disclose(delivery.created_by, request, delivery, timezone.localdate(now))
        moving.move_by_system(
            actor=system, request=request, target=S.DELIVERED, now=now, is_recipient=True
        )
        deliveries.record(Action.PACKAGE_DOWNLOADED, request, delivery)
    return delivery


def as_recipient() -> AbstractContextManager[Origin]:
    """Let events inside be the recipient's; row changes stay the system's, which writes them."""
    return acting(recipient_origin(on_behalf_of_id=current().on_behalf_of_id))


def new_passcode() -> str:
    """Return a fresh passcode of letters and digits that can be read aloud."""
    return "".join(secrets.choice(PASSCODE_LETTERS) for _ in range(PASSCODE_LENGTH))


def spaced(passcode: str) -> str:
    """Return a passcode in two groups, as it is shown and read aloud."""
    half = PASSCODE_LENGTH // 2
    return f"{passcode[:half]} {passcode[half:]}"


def normalised(passcode: str) -> str:
    """Return a passcode as it was made, however it was typed."""
    return "".join(letter for letter in passcode.upper() if letter.isalnum())


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
