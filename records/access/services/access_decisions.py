"""Decisions on access requests, by whoever may give rights on the chart, never by who asked."""

from __future__ import annotations

from django.utils import timezone

from accounts.models import User
from audit.enums import Action, Basis
from audit.writes import attributed
from records.access.enums import AccessRequestStatus
from records.access.errors import AccessRequestUnknown, AskerGone
from records.access.models import AccessRequest
from records.access.permissions import OPEN_CHART
from records.access.rules import transitions
from records.access.selectors import holders
from records.access.services import access_requests, opening, rights


@attributed
def grant(*, actor: User, access_request_id: int) -> AccessRequest:
    """Give the right that was asked for: by the actor, for the reason and until the day asked.

    A right in force that lasts at least as long is left as it is.

    Raises:
        AccessRequestUnknown, OwnAccessRequest, AccessRequestClosed, AccessRequestOver, AskerGone:
            as `check_decision`.
    """
    row = access_requests.lock(access_request_id)
    check_decision(actor=actor, row=row, target=AccessRequestStatus.GRANTED)
    held = holders.find_chart_holder(row.chart_id, row.asked_by)
    is_enough = held and (held.expires_at is None or held.expires_at >= row.expires_at)
    if not is_enough:
        rights.grant_chart(
            actor=actor,
            chart_id=row.chart_id,
            user=row.asked_by,
            reason=row.reason,
            expires_at=row.expires_at,
        )
    return _decide(actor, row, AccessRequestStatus.GRANTED)


@attributed
def decline(*, actor: User, access_request_id: int, comment: str) -> AccessRequest:
    """Refuse the access that was asked for, and say why.

    Raises:
        AccessRequestUnknown, OwnAccessRequest, AccessRequestClosed, AccessRequestOver: as
            `check_decision`.
    """
    row = access_requests.lock(access_request_id)
    check_decision(actor=actor, row=row, target=AccessRequestStatus.DECLINED)
    return _decide(actor, row, AccessRequestStatus.DECLINED, comment)


def check_decider(*, actor: User, row: AccessRequest, action: Action) -> None:
    """Check that the person may know of an access request to decide on.

    Whoever may give rights on the chart may: they open it themselves, and not in an emergency.

    Raises:
        AccessRequestUnknown: they have no such ground to open the chart.
    """
    if row.asked_by_id == actor.pk:
        return  # they know of it; that it is not theirs to decide is said by `check_decision`
    ground = opening.find_ground(actor=actor, patient_id=row.chart_id)
    if ground.basis in (None, Basis.BROKEN_GLASS):
        raise AccessRequestUnknown(action=action, **access_requests.facts_of(row))


def check_decision(*, actor: User, row: AccessRequest, target: AccessRequestStatus) -> None:
    """Check that the person may decide on an access request now, in this way.

    Raises:
        AccessRequestUnknown: they may not know of it.
        OwnAccessRequest, AccessRequestClosed, AccessRequestOver: as `transitions.check_decision`.
        AskerGone: it would be granted to somebody who cannot use it.
    """
    action, facts = transitions.action_of(target), access_requests.facts_of(row)
    check_decider(actor=actor, row=row, action=action)
    transitions.check_decision(
        asker=row.asked_by_id,
        person=actor.pk,
        status=row.status,
        target=target,
        expires_at=row.expires_at,
        now=timezone.now(),
        **facts,
    )
    is_of_use = row.asked_by.is_active and row.asked_by.has_perm(OPEN_CHART)
    if target == AccessRequestStatus.GRANTED and not is_of_use:
        raise AskerGone(action=action, **facts)


def _decide(
    actor: User, row: AccessRequest, target: AccessRequestStatus, comment: str = ""
) -> AccessRequest:
    access_requests.move(
        actor, row, target, decided_at=timezone.now(), decided_by=actor, comment=comment
    )
    return row
