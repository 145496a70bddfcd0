"""Those who ask: found again, or written down once."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.db import IntegrityError, transaction

from accounts.models import User
from audit.enums import Action
from audit.services import events
from audit.writes import attributed
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
    may empty those of a requester that no other request uses. One that another request uses is
    never changed: with other contacts it is written down once more.
    """
    rows = _list_rows(facts)
    if not rows:
        try:
            with transaction.atomic():
                return _create(actor, facts)
        except IntegrityError:
            # Another clerk wrote down the same requester just now.
            rows = _list_rows(facts)
            if not rows:
                raise
    return _settle(actor, rows, facts, request)


def contacts_of(asked: Requester | RequesterFacts) -> dict[str, str]:
    """Return the phone, fax and e-mail of somebody who asks."""
    return {name: getattr(asked, name) for name in CONTACTS}


def _list_rows(facts: RequesterFacts) -> list[Requester]:
    """Return and lock who is known by this kind, name and address, the newest contacts first."""
    rows = Requester.objects.select_for_update().filter(
        kind=facts.kind,
        name__iexact=facts.name.strip(),
        address__iexact=facts.address.strip(),
    )
    return list(rows.order_by("-pk"))


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


def _settle(
    actor: User, rows: list[Requester], facts: RequesterFacts, request: Request | None
) -> Requester:
    given = {name: value for name, value in contacts_of(facts).items() if value}
    own_id = None if request is None else request.requester_id
    known = next((row for row in rows if row.pk == own_id), None) or _find(rows, given) or rows[0]
    # The row is locked: a request that is being logged for it waits, or is seen here.
    others = known.requests.all() if request is None else known.requests.exclude(pk=request.pk)
    is_shared = others.exists()
    may_empty = known.pk == own_id and not is_shared
    wanted = contacts_of(facts) if may_empty else contacts_of(known) | given
    found = known if _has(known, wanted) else _find(rows, wanted)
    if found is not None:
        return found
    if is_shared:
        return _create(actor, replace(facts, **wanted))
    changed = [name for name, value in wanted.items() if value != getattr(known, name)]
    for name in changed:
        setattr(known, name, wanted[name])
    known.save(update_fields=changed)
    _record(actor, known, changed)
    return known


def _find(rows: list[Requester], contacts: dict[str, str]) -> Requester | None:
    return next((row for row in rows if _has(row, contacts)), None)


def _has(row: Requester, contacts: dict[str, str]) -> bool:
    return all(getattr(row, name).lower() == value.lower() for name, value in contacts.items())


def _record(actor: User, requester: Requester, fields: list[str]) -> None:
    events.record(
        action=Action.REQUESTER_CHANGED,
        actor=actor,
        subject_type="requester",
        subject_id=requester.pk,
        detail={"fields": fields},
    )
