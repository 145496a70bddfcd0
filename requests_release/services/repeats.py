"""A used link, for a short while: its file again after a download that broke off, or its arrival.

The delivery and its disclosure stand already and are not written twice: the same copies go to the
same recipient. Every time the file is given is an event of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.hashers import check_password
from django.utils import timezone

from accounts.models import User
from accounts.selectors.users import get_system_user
from audit.context import acting_as
from audit.enums import Action, Purpose
from audit.services import events
from audit.writes import attributing
from requests_release.access import about
from requests_release.enums import RepeatOutcome
from requests_release.errors import LinkUsed, PasscodeWrong
from requests_release.models import Delivery, Repeat, Request
from requests_release.models.deliveries import MOST_TRIES
from requests_release.rules import repeats as rules
from requests_release.services import downloads, links, moving, packages, passcodes
from requests_release.services.downloads import Download


@dataclass(frozen=True)
class Chance:
    """What a used link still allows: how many times the file may be had again, and until when."""

    left: int
    until: datetime


def find_chance(*, token: str) -> Chance | None:
    """Return what a used link still allows, or None where it has ended for good.

    Raises:
        LinkUnknown: no such link.
    """
    delivery = links.get_link(token=token)
    left = _count_left(delivery)
    if delivery.used_at is None or not left:
        return None
    return Chance(left, rules.ends_at(delivery.used_at))


def download_again(*, token: str, passcode: str) -> Download:
    """Give the file of a used link again to whoever has link and passcode.

    The event is committed before the caller sends the bytes. If the store fails, nothing is
    counted.

    Raises:
        LinkUnknown, LinkUsed: there is no such link, or it has ended for good.
        PasscodeWrong: counted and recorded already; the last one ends the link.
        VaultError: the file cannot be read.
    """
    delivery = links.get_link(token=token)
    system = get_system_user()
    with acting_as(system, on_behalf_of=delivery.created_by_id):
        _check_passcode(delivery, passcode, system)
        content = packages.read(delivery.package)
        _give(delivery, system)
    return Download(delivery, content, f"{delivery.request.number}.pdf")


def note_arrival(*, token: str, passcode: str) -> None:
    """Note that all of the file has arrived, as its recipient's page says: the link ends at once.

    Raises:
        LinkUnknown, LinkUsed: there is no such link, or it has ended already.
        PasscodeWrong: counted and recorded already.
    """
    delivery = links.get_link(token=token)
    system = get_system_user()
    with acting_as(system, on_behalf_of=delivery.created_by_id):
        _check_passcode(delivery, passcode, system)
        with attributing(system), downloads.as_recipient():
            _lock(delivery)
            Repeat.objects.create(delivery=delivery, outcome=RepeatOutcome.ARRIVED)


def _check_passcode(delivery: Delivery, passcode: str, system: User) -> None:
    """Compare the passcode under the link's lock; a wrong one is committed before it is refused."""
    with attributing(system), downloads.as_recipient():
        request = _lock(delivery)
        if check_password(passcodes.normalised(passcode), delivery.passcode_hash):
            return
        Repeat.objects.create(delivery=delivery, outcome=RepeatOutcome.WRONG)
        left = _count_tries(delivery, _list_outcomes(delivery))
        downloads.record_wrong(request, delivery, left)
    raise PasscodeWrong(left=left)


def _give(delivery: Delivery, system: User) -> None:
    with attributing(system), downloads.as_recipient():
        request = _lock(delivery)
        Repeat.objects.create(delivery=delivery, outcome=RepeatOutcome.GIVEN)
        again = _list_outcomes(delivery).count(RepeatOutcome.GIVEN)
        events.record(
            action=Action.PACKAGE_DOWNLOADED,
            purpose=Purpose.RELEASE,
            detail={"delivery": delivery.pk, "method": str(delivery.method), "again": again},
            **about(request),
        )


def _lock(delivery: Delivery) -> Request:
    """Lock request and link, so that repeats at once are counted one after the other.

    Raises:
        LinkUsed: the link has ended for good.
    """
    request = moving.lock(request_id=delivery.request_id)
    Delivery.objects.select_for_update().get(pk=delivery.pk)
    if not _count_left(delivery):
        raise LinkUsed(**links.about_link(delivery))
    return request


def _count_left(delivery: Delivery) -> int:
    outcomes = _list_outcomes(delivery)
    return rules.count_left(
        used_at=delivery.used_at,
        outcomes=outcomes,
        tries_left=_count_tries(delivery, outcomes),
        now=timezone.now(),
    )


def _count_tries(delivery: Delivery, outcomes: list[str]) -> int:
    """Return how many passcodes are left; those before the download count along."""
    return MOST_TRIES - delivery.failed_attempts - outcomes.count(RepeatOutcome.WRONG)


def _list_outcomes(delivery: Delivery) -> list[str]:
    return list(Repeat.objects.filter(delivery=delivery).values_list("outcome", flat=True))
