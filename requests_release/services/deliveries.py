"""Copies leave the house: mailed, faxed, handed over, or (see `links`) fetched by a link.

The delivery, the disclosure and the request's last step are one transaction; the events are
committed with it, before the first byte leaves.
"""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from accounts.models import User
from audit.enums import Action, Purpose
from audit.services import events
from audit.writes import attributed
from requests_release import access
from requests_release.access import about
from requests_release.enums import DeliveryMethod, ReleaseBasis, RequestStatus
from requests_release.errors import DayImpossible, LinkStillOpen, NotReady
from requests_release.models import Delivery, Disclosure, Package, Request
from requests_release.permissions import DELIVER_RELEASE
from requests_release.rules import media
from requests_release.rules.bases import accounting_required
from requests_release.selectors import disclosures
from requests_release.services import moving, packages

S = RequestStatus


def hand_over(
    *,
    actor: User,
    request_id: int,
    version: int,
    method: DeliveryMethod,
    handed_on: date,
    tracking_note: str = "",
    sent_to: str = "",
) -> Disclosure:
    """Note that the copies were mailed, faxed or handed over, and the disclosure with it.

    They went to the recipient's address as the request names it, or else to `sent_to`.

    Raises:
        RequestChanged: the form is stale, or was sent twice.
        PackageNotReady: there is no finished package.
        DocumentNotFit: the approval no longer stands; it was made void.
        LinkStillOpen: a link is open; recall it first.
        DayImpossible: the day lies in the future or before the approval.
        NotReady: it is not known where copies went that nobody came for.
        StepNotYours, ChartRefused, ChartUnknown: not for this person.
    """
    packages.check_unchanged(request_id=request_id)
    return _hand_over(
        actor=actor,
        request_id=request_id,
        version=version,
        method=method,
        handed_on=handed_on,
        tracking_note=tracking_note,
        sent_to=sent_to,
    )


@attributed
def _hand_over(
    *,
    actor: User,
    request_id: int,
    version: int,
    method: DeliveryMethod,
    handed_on: date,
    tracking_note: str,
    sent_to: str,
) -> Disclosure:
    request = moving.lock(request_id=request_id, version=version)
    package = check_deliverable(actor, request)
    now = timezone.now()
    _check_day(request, handed_on, timezone.localdate(now))
    address = request.recipient_address or sent_to.strip()
    _check_address(request, method, address)
    delivery = Delivery.objects.create(
        request=request,
        package=package,
        method=method,
        used_at=now,
        handed_on=handed_on,
        tracking_note=tracking_note.strip(),
        created_by=actor,
    )
    disclosure = disclose(actor, request, delivery, handed_on, address=address)
    moving.move(actor=actor, request=request, target=S.DELIVERED, now=now)
    record(Action.PACKAGE_DELIVERED, request, delivery)
    return disclosure


def disclose(
    actor: User, request: Request, delivery: Delivery, on: date, *, address: str
) -> Disclosure:
    """Write what left, to whom, when, why, and whether it belongs in the accounting."""
    package: Package = delivery.package
    basis = ReleaseBasis(request.basis)
    disclosure = Disclosure.objects.create(
        request=request,
        delivery=delivery,
        package=package,
        patient_id=request.patient_id,
        recipient_name=request.recipient_name,
        recipient_address=address,
        description=disclosures.describe(request),
        purpose=disclosures.purpose_of(request),
        basis=basis,
        is_in_accounting=accounting_required(basis),
        released_on=on,
        page_count=package.page_count,
        package_sha256=package.sha256,
        manifest_sha256=package.manifest_sha256,
        released_by=actor,
    )
    events.record(
        action=Action.DISCLOSED,
        purpose=Purpose.RELEASE,
        detail={"disclosure": disclosure.pk, "pages": package.page_count, "basis": basis.value},
        **about(request),
    )
    return disclosure


def check_deliverable(actor: User, request: Request) -> Package:
    """Return the package that the person may deliver now; a link past its time is closed.

    Raises:
        PackageNotReady: there is none.
        LinkStillOpen: a link is open already.
        StepNotYours, ChartRefused, ChartUnknown: not for this person.
    """
    check_person(actor, request)
    package = packages.get_ready(request=request)
    delivery = open_link_of(request)
    if delivery is None:
        return package
    if delivery.expires_at is not None and delivery.expires_at > timezone.now():
        raise LinkStillOpen(action=Action.PACKAGE_DELIVERED, **about(request))
    close(delivery)
    return package


def check_person(actor: User, request: Request) -> None:
    """Check that the person may deliver what this request released.

    Raises:
        StepNotYours, ChartRefused, ChartUnknown: not so.
    """
    access.check_permission(
        actor=actor,
        permission=DELIVER_RELEASE,
        request=request,
        action=Action.PACKAGE_DELIVERED,
    )
    access.check_scope(actor=actor, request=request)


def _check_day(request: Request, handed_on: date, today: date) -> None:
    approved_at = request.approved_at
    is_early = approved_at is not None and handed_on < timezone.localdate(approved_at)
    if handed_on > today or is_early:
        raise DayImpossible(
            beside={"handed_on": "The day must lie between the approval and today."},
            action=Action.PACKAGE_DELIVERED,
            **about(request),
        )


def _check_address(request: Request, method: DeliveryMethod, address: str) -> None:
    missing = media.ask_where(method, address)
    if missing:
        raise NotReady(
            beside={"sent_to": missing}, action=Action.PACKAGE_DELIVERED, **about(request)
        )


def open_link_of(request: Request) -> Delivery | None:
    """Lock and return the link that is neither used nor closed, if there is one."""
    return (
        Delivery.objects.select_for_update()
        .filter(request=request, used_at__isnull=True, closed_at__isnull=True)
        .first()
    )


def close(delivery: Delivery) -> None:
    """End a link that was not used."""
    delivery.closed_at = timezone.now()
    delivery.save(update_fields=["closed_at"])


def record(action: Action, request: Request, delivery: Delivery) -> None:
    """Write an event about a delivery."""
    events.record(
        action=action,
        purpose=Purpose.RELEASE,
        detail={"delivery": delivery.pk, "method": str(delivery.method)},
        **about(request),
    )
