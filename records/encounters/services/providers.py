"""Practitioners: known by name and national number, linked to a sign-in where they have one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.enums import Role
from accounts.models import User
from audit.enums import Action
from audit.services import events
from audit.writes import attributed
from records.encounters.errors import (
    LinkRefused,
    NumberTaken,
    OwnLink,
    ProviderChangedMeanwhile,
    ProviderUnknown,
)
from records.encounters.models import Provider
from records.encounters.selectors import providers as selectors

LINKED = "This practitioner is linked to another sign-in. Unlink that one first."
OUT_OF_USE = "This practitioner is out of use. Put it back in use first."
NO_PROVIDER = "This sign-in is closed, or does not hold the role Provider."
TAKEN = "This sign-in is another practitioner's by now."


@attributed
def ensure(*, actor: User, name: str, npi: str = "") -> Provider:
    """Return the practitioner with this number (or this name, without a number), made if new."""
    known = Provider.objects.filter(npi=npi) if npi else Provider.objects.filter(npi="", name=name)
    return known.first() or add(actor=actor, name=name, npi=npi)


@attributed
def add(*, actor: User, name: str, npi: str = "", submission_key: UUID | None = None) -> Provider:
    """Return a new practitioner, though one of the same name is known.

    Imports know practitioners by the numbers of their source: a name alone must not lead from
    a stranger's patients to a sign-in of this house.
    """
    found = Provider.objects.create(name=name, npi=npi, submission_key=submission_key)
    _record(actor, found)
    return found


@attributed
def enter(*, actor: User, name: str, npi: str, submission_key: UUID | None) -> Provider:
    """Add a practitioner from a form, once for each `submission_key`.

    Raises:
        NumberTaken: another practitioner has the number.
    """
    already = selectors.find_submitted(submission_key)
    if already is not None:
        return already
    try:
        with transaction.atomic():
            return add(actor=actor, name=name, npi=npi, submission_key=submission_key)
    except IntegrityError as error:
        faster = selectors.find_submitted(submission_key)  # of the same form, sent twice at once
        if faster is not None:
            return faster
        raise NumberTaken(action=Action.PROVIDER_CHANGED) from error


@attributed
def change(
    *,
    actor: User,
    provider_id: int,
    name: str,
    npi: str,
    is_active: bool,
    seen: str | None = None,
) -> Provider:
    """Change a practitioner, or take them out of use or back into it; never deleted.

    `seen` is the fingerprint of the practitioner as the form showed them. What stands already is
    not written again, so a form sent twice changes once.

    Raises:
        ProviderUnknown: no such practitioner.
        ProviderChangedMeanwhile: somebody else saved in between.
        NumberTaken: another practitioner has the number.
    """
    provider = _lock(provider_id)
    wanted = {"name": name, "npi": npi, "is_active": is_active}
    check_seen(provider, seen, wanted)
    changed = [field for field, value in wanted.items() if getattr(provider, field) != value]
    for field in changed:
        setattr(provider, field, wanted[field])
    if changed:
        with _refusing(NumberTaken(**_facts(provider_id))):
            provider.save(update_fields=changed)
        _record(actor, provider, fields=changed)
    return provider


def check_seen(provider: Provider, seen: str | None, wanted: dict[str, Any]) -> None:
    """Check that a practitioner is what a form showed, where they are not what it asks for.

    Raises:
        ProviderChangedMeanwhile: somebody saved them in between.
    """
    is_done = all(getattr(provider, field) == value for field, value in wanted.items())
    if seen is not None and not is_done and seen != selectors.fingerprint(provider):
        raise ProviderChangedMeanwhile(**_facts(provider.pk))


@attributed
def link_user(*, actor: User, provider: Provider, user: User) -> Provider:
    """Say which sign-in is this practitioner's, so that care leads to the charts.

    Raises:
        OwnLink, LinkRefused: as `check_link`.
    """
    locked = _lock(provider.pk)
    if locked.user_id == user.pk:
        return locked
    check_link(actor=actor, provider=locked, user=user)
    locked.user = user
    with _refusing(LinkRefused(TAKEN, **_facts(locked.pk))):
        locked.save(update_fields=["user"])
    _record(actor, locked, user=user.pk, linked=True)
    return locked


def check_link(*, actor: User, provider: Provider, user: User) -> None:
    """Check that a sign-in may become this practitioner's.

    Raises:
        OwnLink: it is the actor's own.
        LinkRefused: the practitioner has one or is out of use; the sign-in is closed, lacks the
            role, or is another practitioner's.
    """
    facts = _facts(provider.pk)
    if user.pk == actor.pk:
        raise OwnLink(**facts)
    if not provider.is_active:
        raise LinkRefused(OUT_OF_USE, **facts)
    if provider.user_id is not None:
        raise LinkRefused(LINKED, **facts)
    if not user.is_active or Role.PROVIDER not in user.role_names:
        raise LinkRefused(NO_PROVIDER, **facts)
    if Provider.objects.filter(user=user).exists():
        raise LinkRefused(TAKEN, **facts)


@attributed
def unlink_user(*, actor: User, provider_id: int, user: User) -> bool:
    """End that a sign-in is the practitioner's; return whether it was. Care ends at once.

    Raises:
        ProviderUnknown: no such practitioner.
    """
    provider = _lock(provider_id)
    if provider.user_id != user.pk:
        return False
    provider.user = None
    provider.save(update_fields=["user"])
    _record(actor, provider, user=user.pk, linked=False)
    return True


def _lock(provider_id: int) -> Provider:
    """Lock the row, so that two forms are weighed one after the other."""
    provider = Provider.objects.select_for_update().filter(pk=provider_id).first()
    if provider is None:
        raise ProviderUnknown(**_facts(provider_id))
    return provider


@contextmanager
def _refusing(refusal: NumberTaken | LinkRefused) -> Iterator[None]:
    """Turn the database's own word that something is taken into one for the screen."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise refusal from error


def _facts(provider_id: int) -> dict[str, Any]:
    return {
        "action": Action.PROVIDER_CHANGED,
        "subject_type": "provider",
        "subject_id": provider_id,
    }


def _record(actor: User, provider: Provider, **detail: Any) -> None:
    events.record(actor=actor, detail=detail, **_facts(provider.pk))
