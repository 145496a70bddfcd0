"""Those who ask: found again, or written down once."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import IntegrityError, transaction

from accounts.models import User
from audit.enums import Action
from audit.services import events
from audit.writes import attributed
from requests_release.models import Requester


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
def find_or_create(*, actor: User, facts: RequesterFacts) -> Requester:
    """Return the requester of this kind, name and address; a new phone or mail is taken over."""
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
    return _take_over(actor, known, facts)


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


def _take_over(actor: User, known: Requester, facts: RequesterFacts) -> Requester:
    reach = {"phone": facts.phone, "fax": facts.fax, "email": facts.email}
    changed = [name for name, value in reach.items() if value and getattr(known, name) != value]
    for field in changed:
        setattr(known, field, reach[field])
    if changed:
        known.save(update_fields=changed)
        _record(actor, known, changed)
    return known


def _record(actor: User, requester: Requester, fields: list[str]) -> None:
    events.record(
        action=Action.REQUESTER_CHANGED,
        actor=actor,
        subject_type="requester",
        subject_id=requester.pk,
        detail={"fields": fields},
    )
