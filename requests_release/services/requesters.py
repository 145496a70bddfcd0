"""Those who ask: found again, or written down once."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import IntegrityError, transaction

from accounts.models import User
from audit.enums import Action
from audit.services import events
from audit.writes import attributed
from requests_release.errors import ContactsInUse
from requests_release.models import Request, Requester

CONTACTS = ("phone", "fax", "email")


@dataclass(frozen=True)
class RequesterFacts:
    """Who asks, and where copies and letters reach them."""

    kind: str
    name: str
    address: str = ""
    phone: str = ""
    fax: str = ""
    email: str = ""


@attributed
def find_or_create(
    *, actor: User, facts: RequesterFacts, request: Request | None = None
) -> Requester:
    """Return the requester of this kind, name and address, with these contacts.

    A contact that is left empty stands as it is known; only `request`, the one that is corrected,
    may empty those of its own requester. A requester that another request uses is never changed.

    Raises:
        ContactsInUse: another request uses this requester with other contacts.
    """
    known = _find(facts)
    if known is None:
        try:
            with transaction.atomic():
                return _create(actor, facts)
        except IntegrityError:
            # Another clerk wrote down the same requester just now.
            known = _find(facts)
            if known is None:
                raise
    return _take_over(actor, known, facts, request)


def contacts_of(asked: Requester | RequesterFacts) -> dict[str, str]:
    """Return the phone, fax and e-mail of somebody who asks."""
    return {name: getattr(asked, name) for name in CONTACTS}


def _find(facts: RequesterFacts) -> Requester | None:
    return (
        Requester.objects.select_for_update()
        .filter(
            kind=facts.kind,
            name__iexact=facts.name.strip(),
            address__iexact=facts.address.strip(),
        )
        .first()
    )


def _create(actor: User, facts: RequesterFacts) -> Requester:
    requester = Requester.objects.create(
        kind=facts.kind,
        name=facts.name.strip(),
        address=facts.address.strip(),
        phone=facts.phone,
        fax=facts.fax,
        email=facts.email,
        created_by=actor,
    )
    _record(actor, requester, ["name"])
    return requester


def _take_over(
    actor: User, known: Requester, facts: RequesterFacts, request: Request | None
) -> Requester:
    # The row is locked: a request that is being logged for it waits, or is seen here.
    others = known.requests.all() if request is None else known.requests.exclude(pk=request.pk)
    is_own = request is not None and request.requester_id == known.pk and not others.exists()
    changed = {
        name: value
        for name, value in contacts_of(facts).items()
        if value != getattr(known, name) and (value or is_own)
    }
    if not changed:
        return known
    if others.exists():
        raise ContactsInUse(
            action=Action.REQUESTER_CHANGED, subject_type="requester", subject_id=known.pk
        )
    for field, value in changed.items():
        setattr(known, field, value)
    known.save(update_fields=list(changed))
    _record(actor, known, list(changed))
    return known


def _record(actor: User, requester: Requester, fields: list[str]) -> None:
    events.record(
        action=Action.REQUESTER_CHANGED,
        actor=actor,
        subject_type="requester",
        subject_id=requester.pk,
        detail={"fields": fields},
    )
