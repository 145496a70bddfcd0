"""A one-time link used: its passcode tried, closed after five wrong ones, the copies given once."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass

from django.contrib.auth.hashers import check_password
from django.utils import timezone

from accounts.models import User
from accounts.selectors.users import get_system_user
from audit.context import Origin, acting, acting_as, current, recipient_origin
from audit.enums import Action, Basis, Outcome
from audit.services import events
from audit.writes import attributing
from requests_release.enums import RequestStatus
from requests_release.errors import PasscodeWrong
from requests_release.models import Delivery, Request
from requests_release.models.deliveries import MOST_TRIES
from requests_release.services import deliveries, links, moving, packages, passcodes

S = RequestStatus


@dataclass(frozen=True)
class Download:
    """The file that a link gave, with the name under which it is saved."""

    delivery: Delivery
    content: bytes
    file_name: str


def download(*, token: str, passcode: str) -> Download:
    """Give the file to whoever has link and passcode, once.

    The file is read and verified first, then delivery, disclosure, the request's step and the
    events are committed together; only then does the caller send the bytes. If the store fails,
    the link stays good.

    Raises:
        LinkUnknown, LinkUsed, LinkClosed, LinkExpired: see `links.find_link`.
        PasscodeWrong: counted and recorded already; the fifth closes the link.
        DocumentNotFit: the approval no longer stands; it was made void.
        VaultError: the file cannot be read.
    """
    delivery = links.find_link(token=token)
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
        links.check_open(delivery)
        if check_password(passcodes.normalised(passcode), delivery.passcode_hash):
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
        links.check_open(delivery)
        now = timezone.now()
        delivery.used_at = now
        delivery.save(update_fields=["used_at"])
        deliveries.disclose(
            delivery.created_by,
            request,
            delivery,
            timezone.localdate(now),
            address=request.recipient_address,
        )
        moving.move_by_system(
            actor=system, request=request, target=S.DELIVERED, now=now, is_recipient=True
        )
        deliveries.record(Action.PACKAGE_DOWNLOADED, request, delivery)
    return delivery


def as_recipient() -> AbstractContextManager[Origin]:
    """Let events inside be the recipient's; row changes stay the system's, which writes them."""
    return acting(recipient_origin(on_behalf_of_id=current().on_behalf_of_id))
